//! Countries by their ISO 3166-1 code, for counting only.

use std::fmt;

use super::Lang;

/// A country: `MX`. Two capital letters; whether there is such a country is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    /// None for anything but two letters, and for the codes that say "unknown".
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 2] = code.trim().as_bytes().try_into().ok()?;
        let code = letters.map(|letter| letter.to_ascii_uppercase());
        let known = code.iter().all(u8::is_ascii_uppercase) && !matches!(&code, b"XX" | b"ZZ");
        known.then_some(Self(code))
    }

    /// The region of an `Accept-Language`: of its first language only, since many have `en-US` behind their own. It says
    /// which country's form of the language a browser is set to, which is not always where it is.
    pub fn of_accept_language(header: &str) -> Option<Self> {
        let tags = header.split(',').map(|entry| entry.split(';').next().unwrap_or_default());
        let mut langs = tags.map_while(|tag| Lang::parse(tag).ok());
        let first = langs.next()?;
        std::iter::once(first.clone())
            .chain(langs)
            .filter(|lang| lang.primary() == first.primary())
            .find_map(|lang| lang.as_str().split('-').skip(1).find_map(Self::parse))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_names_the_country_and_no_other() {
        for (header, country) in [
            ("es-MX,es;q=0.9,en-US;q=0.8", Some("MX")),
            ("es,es-CO;q=0.9", Some("CO")),
            ("zh-Hant-TW", Some("TW")),
            ("ru,en-US;q=0.9", None),
            ("es-419,es;q=0.9", None),
            ("*", None),
            ("", None),
            ("<b>-MX", None),
        ] {
            let found = Country::of_accept_language(header);
            assert_eq!(found.as_ref().map(Country::as_str), country, "{header}");
        }
    }

    #[test]
    fn a_code_has_two_letters() {
        assert_eq!(Country::parse(" mx ").unwrap().as_str(), "MX");
        for bad in ["", "M", "MEX", "T1", "XX", "é", "12"] {
            assert_eq!(Country::parse(bad), None, "{bad}");
        }
    }
}
