// Which language a page starts in.

/** The first wish that a pack serves, exactly or by its primary language; else English, else the first pack. */
export function negotiate(wishes, packs) {
  const served = packs.map((pack) => pack.lang);
  for (const wish of wishes.filter(Boolean)) {
    const exact = served.find((lang) => lang.toLowerCase() === wish.toLowerCase());
    const primary = wish.toLowerCase().split('-')[0];
    const match = exact ?? served.find((lang) => lang.toLowerCase().split('-')[0] === primary);
    if (match) return match;
  }
  return served.includes('en') ? 'en' : (served[0] ?? 'en');
}
