//! Names of products as English hosts say them.

use std::ops::Range;

use super::super::atoms::{Token, Weight};
use super::super::doubt::Doubt;
use super::super::lattice::{Fill, Lattice, is_content};
use super::super::rest::Rest;
use super::{Found, Name, are_goods, unbroken};

/// Words of a name, the one that points not counted.
const WORDS: usize = 4;

const POINTING: &[&str] = &["this", "these", "those", "the", "our"];
const PREPOSITIONS: &[&str] = &["for", "of", "on", "with"];
/// Words that end a name: verbs, and what stands before them or behind an object.
#[rustfmt::skip] // a list, read by rows
const ENDS: &[&str] = &[
    "is", "are", "has", "have", "can", "will", "do", "does", "doe", "come", "weigh", "cost", "hold", "measure", "run", "last", "fit", "start", "sell", "go",
    "take", "support", "keep", "need", "fold", "contain", "include", "carry", "withstand", "resist", "stay", "sleep", "seat", "pass", "passed", "meet",
    "use", "work", "play", "charge", "heat", "boil", "feature", "produce", "consume", "reach", "ship", "clean", "feel", "get", "stand",
    "in", "on", "with", "for", "from", "to", "at", "by", "of", "into", "up", "not", "and", "or",
    "also", "now", "just", "only", "really", "actually", "currently", "normally", "usually", "all", "always", "already", "still", "even", "both", "each",
];
/// Not the product as a whole, not a product, or not this one.
#[rustfmt::skip] // a list, read by kinds
const NEVER: &[&str] = &[
    // parts
    "sole", "zipper", "strap", "blade", "base", "leg", "wheel", "body", "shell", "frame", "screen", "filter", "cord", "cable", "plug", "lock", "button",
    "pocket", "lining", "filling", "hood", "sleeve", "collar", "heel", "upper", "insole", "lens", "bead", "coating", "surface", "inside", "outside", "bottom",
    "top", "side", "edge", "rim", "spout", "neck", "mouth", "cap", "stopper", "seal", "gasket", "spring", "hook", "pole", "rib", "panel", "board", "sheet",
    "layer", "wall", "thread", "yarn", "needle", "tip", "nozzle", "pump", "tank", "shelf", "drawer", "door", "hinge", "knob", "switch", "remote", "manual",
    "adapter", "charger", "motor", "battery", "cover", "lid", "handle", "grip", "core", "chip", "engine", "compressor", "fabric", "cloth", "leather", "material",
    "foam", "steel", "wood", "glass", "plastic", "interior", "exterior", "back", "front", "liner", "wire", "shaft", "bearing", "valve", "pipe", "tube", "port",
    "socket", "outlet", "display", "mic", "microphone", "head", "arm", "foot", "stand", "holder", "bracket", "buckle", "label", "tag", "logo", "print",
    "pattern", "padding", "stitching", "seam", "mesh", "net", "stem", "crystal", "stone", "diamond", "accessory", "part", "component", "attachment", "bristle",
    // packages and amounts
    "carton", "pallet", "container", "package", "packaging", "parcel", "shipment", "set", "pack", "pair", "dozen", "kit", "bundle", "batch", "lot", "piece",
    "unit", "half", "rest", "total", "roll", "quantity", "amount", "number", "volume", "weight", "length", "width", "height", "thickness", "diameter",
    // variants
    "color", "size", "style", "version", "variant", "model", "one", "ones", "option", "choice", "design", "edition", "type", "kind", "grade",
    // price, order, time
    "price", "cost", "fee", "rate", "order", "sample", "discount", "offer", "deal", "coupon", "gift", "deposit", "balance", "payment", "freight", "shipping",
    "postage", "delivery", "transit", "shipment", "tax", "duty", "customs", "invoice", "contract", "quote", "quotation", "minimum", "moq", "term", "policy",
    "lead", "time", "date", "week", "month", "year", "day", "hour", "season", "holiday", "sale", "sales", "warranty", "guarantee", "refund", "return", "repair",
    "replacement", "service", "production", "output", "stock", "inventory", "inspection", "test", "report", "certificate", "certification", "standard", "quality",
    "process", "function", "feature", "performance", "power", "noise", "temperature", "smell", "result", "effect", "difference", "reason", "problem", "question",
    "answer", "comment", "message", "link", "chat", "photo", "picture", "video", "camera", "image", "stream", "show", "live", "app", "website", "platform",
    "system", "software", "address", "file", "artwork", "catalog", "catalogue",
    // people, houses, machines
    "customer", "client", "buyer", "supplier", "competitor", "factory", "company", "team", "staff", "worker", "boss", "manager", "host", "viewer", "guest",
    "friend", "colleague", "engineer", "designer", "inspector", "driver", "agent", "dealer", "distributor", "retailer", "partner", "forwarder", "member",
    "people", "person", "guy", "man", "woman", "men", "women", "girl", "boy", "wife", "husband", "son", "daughter", "brother", "sister", "family", "child",
    "children", "kid", "baby", "market", "country", "city", "office", "warehouse", "store", "shop", "showroom", "room", "booth", "plant", "workshop", "line",
    "machine", "machinery", "equipment", "mold", "tooling", "tool", "lab", "port", "truck", "vessel", "bank", "courier", "carrier", "account", "brand",
    "industry", "business", "judge", "other", "rest", "same", "above", "first", "second", "third", "last", "next",
    // no nouns
    "is", "are", "it", "we", "you", "they", "i", "very", "so", "too", "only", "best", "most", "least", "same",
];
/// Before the noun these make it one of several, or another one.
#[rustfmt::skip] // a list, read by rows
const TELLS_APART: &[&str] = &[
    "other", "another", "old", "new", "big", "small", "bigger", "smaller", "larger", "heavier", "lighter", "cheaper", "cheapest", "tall", "short", "long",
    "large", "medium", "mini", "standard", "deluxe", "basic", "pro", "plus", "regular", "previous", "first", "second", "third", "last", "next", "double", "single",
    "whole", "entire", "full", "half", "same", "best", "gift", "sample", "free", "spare", "used", "empty", "packing", "shipping", "outer", "inner", "master",
    "export", "custom", "customized", "printed", "bulk", "competitor", "gray", "dark", "light", "thick", "thin", "upgraded", "premium", "finished", "left", "right",
];
/// Nouns that are sold, though patterns have them too, or though nothing points at them.
#[rustfmt::skip] // a list, read by kinds
const SOLD: &[&str] = &[
    // kitchen
    "pot", "pan", "kettle", "mug", "cup", "bowl", "plate", "spoon", "fork", "knife", "wok", "skillet", "cutter", "peeler", "grater", "opener", "blender",
    "juicer", "toaster", "fryer", "cooker", "steamer", "grill", "mixer", "grinder", "thermos", "tumbler", "flask", "jug", "bottle", "jar", "tray", "apron",
    "cookware", "tableware", "chopstick", "straw", "coaster", "teapot", "lunchbox",
    // house
    "lamp", "chair", "stool", "table", "desk", "bed", "sofa", "couch", "armchair", "bench", "wardrobe", "cabinet", "bookcase", "umbrella", "blanket", "rug",
    "carpet", "pillow", "cushion", "mat", "mattress", "curtain", "towel", "duvet", "quilt", "bedsheet", "pillowcase", "tablecloth", "basket", "bin", "bucket",
    "mop", "broom", "brush", "sponge", "hanger", "ladder", "candle", "diffuser", "vase", "planter", "flowerpot", "clock", "mirror", "painting", "heater",
    "humidifier", "purifier", "vacuum", "fan", "iron", "cooler", "dehumidifier", "lantern", "flashlight", "torch", "bulb",
    // wear
    "jacket", "coat", "shirt", "sweater", "hoodie", "dress", "skirt", "pant", "jeans", "legging", "sock", "shoe", "sneaker", "sandal", "slipper", "boot", "hat",
    "glove", "scarf", "scarve", "knive", "raincoat", "vest", "bra", "pajama", "sweatshirt", "tshirt", "suit", "blouse", "belt", "tie", "swimsuit", "uniform", "wallet", "purse",
    "backpack", "handbag", "suitcase", "luggage", "bag", "bracelet", "ring", "necklace", "earring", "pendant", "brooch", "sunglass", "watch", "wig", "mask",
    // devices
    "headphone", "earbud", "earphone", "headset", "phone", "tablet", "laptop", "keyboard", "mouse", "monitor", "drone", "projector", "router", "printer",
    "dryer", "razor", "shaver", "toothbrush", "trimmer", "straightener", "curler", "massager", "scale", "thermometer", "drill", "screwdriver", "wrench",
    "hammer", "plier", "saw", "stapler", "powerbank", "smartwatch", "webcam", "doorbell", "speaker",
    // out of doors, play, care
    "tent", "hammock", "scooter", "bike", "bicycle", "tricycle", "stroller", "wheelchair", "helmet", "skateboard", "toy", "doll", "puzzle", "ball", "racket",
    "dumbbell", "kite", "balloon", "pen", "pencil", "notebook", "planner", "sticker", "lighter", "keychain", "magnet", "soap", "shampoo", "lotion",
    "lipstick", "perfume", "comb", "crib", "leash", "collar", "tea", "coffee", "cookie", "snack", "honey", "noodle", "tile", "faucet", "sink", "toilet",
];
/// Boxes and covers that are no package: what stands before them.
#[rustfmt::skip] // a list, read by rows
const BOXES: &[(&str, &[&str])] = &[
    ("box", &["storage", "lunch", "tool", "jewelry", "music", "bento", "toy", "tissue", "pencil", "pill", "makeup", "letter", "cooler"]),
    ("case", &["phone", "pencil", "suit", "glass", "tablet", "laptop", "watch", "makeup"]),
    ("bag", &["hand", "shoulder", "travel", "sleeping", "tote", "school", "sport", "gym", "makeup", "beach", "cooler", "laptop", "diaper", "camera", "golf"]),
    ("rack", &["shoe", "wine", "dish", "drying", "clothe", "towel", "spice", "storage"]),
    ("holder", &["phone", "candle", "card", "cup", "toothbrush"]),
    ("stand", &["phone", "laptop", "plant", "tv", "monitor"]),
    ("board", &["cutting", "chopping", "surf", "ironing", "white"]),
    ("bank", &["power"]),
    ("charger", &["car", "wireless", "phone", "wall", "fast"]),
    ("cover", &["sofa", "seat", "car", "bed", "duvet", "phone"]),
    ("strip", &["power", "light", "led"]),
    ("lock", &["door", "smart", "bike", "pad"]),
    ("sheet", &["bed"]), ("tank", &["fish"]), ("filter", &["water"]), ("camera", &["security", "dash"]), ("light", &["night", "string", "solar"]),
    ("machine", &["coffee", "ice", "sewing", "rowing", "noodle"]), ("container", &["food"]), ("head", &["shower"]), ("kit", &["tool", "sewing"]),
];

/// Marks every name, and the "for these" before it.
pub(super) fn names(lattice: &Lattice, mut names: Vec<Name>) -> Vec<Name> {
    let mut at = 0;
    while at < names.len() {
        let Some((first, end)) = name_at(lattice, at) else {
            at += 1;
            continue;
        };
        let before = first.checked_sub(1).filter(|before| {
            PREPOSITIONS.contains(&word(lattice, *before)) && !after_break(lattice, first) && *before > 0
        });
        let pointing = if before.is_some() { Name::Beside } else { Name::Within };
        for place in names.iter_mut().take(end - 1).skip(before.unwrap_or(first)) {
            *place = pointing;
        }
        if let Some(place) = names.get_mut(end - 1) {
            *place = Name::Head;
        }
        at = end;
    }
    names
}

/// The name that begins there: its first word, and where it ends.
fn name_at(lattice: &Lattice, at: usize) -> Option<(usize, usize)> {
    let pointed = POINTING.contains(&word(lattice, at));
    let noun = at + usize::from(pointed);
    let starts_clause = lattice.alone(at, at + 1).0;
    if !pointed && !starts_clause {
        return None;
    }
    let belongs = |place: &usize| {
        let heard = word(lattice, *place);
        let content =
            lattice.atoms.get(*place).is_some_and(|atom| is_content(atom) || atom.rest == Rest::Harmless);
        let first = *place == noun;
        content
            && (first || !ENDS.contains(&heard))
            && (first || !after_break(lattice, *place))
            && is_plain(lattice, *place)
    };
    let end = noun + (noun..lattice.atoms.len()).take_while(belongs).count();
    let goes_on = end < lattice.atoms.len() && !after_break(lattice, end);
    if end == noun
        || end - noun > WORDS
        || (goes_on && !ENDS.contains(&word(lattice, end)))
        || (pointed && after_break(lattice, noun))
    {
        return None;
    }
    let head = end - 1;
    let apart = (noun..head).any(|place| TELLS_APART.contains(&word(lattice, place)));
    let coloured = lattice.edges.iter().any(|edge| {
        let variant =
            |key: &String| ["color.", "apparel.", "place."].iter().any(|class| key.starts_with(class));
        let own = matches!(&edge.fill, Fill::Terms(keys) if keys.iter().any(variant));
        own && edge.start < end && noun < edge.end
    });
    let fits = if pointed {
        may_be_pointed_at(lattice, noun, head)
    } else {
        is_sold(lattice, noun, head) && is_plural(lattice, head)
    };
    (fits && !apart && !coloured).then_some((at, end))
}

/// No number, negation or doubt in it, and nothing that bars.
fn is_plain(lattice: &Lattice, at: usize) -> bool {
    let number = lattice.firm.get(at).copied().flatten().is_some();
    let sold = SOLD.contains(&word(lattice, at)) || BOXES.iter().any(|(noun, _)| *noun == word(lattice, at));
    !number
        && lattice.atoms.get(at).is_some_and(|atom| {
            let light = atom.weight != Weight::Critical && !atom.negation && atom.doubt == Doubt::None;
            light && (sold || !matches!(atom.rest, Rest::Bars | Rest::Turns | Rest::Turned))
        })
}

fn may_be_pointed_at(lattice: &Lattice, noun: usize, head: usize) -> bool {
    is_sold(lattice, noun, head) || {
        let heard = word(lattice, head);
        // What patterns speak of has its own patterns; a word of letters only is a noun, if any.
        let unknown = !lattice.is_known(head) && heard.len() > 2;
        let praise = lattice.atoms.get(head).is_some_and(|atom| atom.rest == Rest::Harmless);
        unknown
            && !praise
            && !NEVER.contains(&heard)
            && !(noun..head).any(|place| NEVER.contains(&word(lattice, place)))
    }
}

fn is_sold(lattice: &Lattice, noun: usize, head: usize) -> bool {
    let heard = word(lattice, head);
    let before = if head > noun { word(lattice, head - 1) } else { "" };
    let boxed = BOXES.iter().any(|(own, before_it)| *own == heard && before_it.contains(&before));
    let of_another = (noun..head).any(|place| TELLS_APART.contains(&word(lattice, place)));
    (boxed || SOLD.contains(&heard) || are_goods(lattice, head + 1)) && !of_another
}

fn is_plural(lattice: &Lattice, at: usize) -> bool {
    lattice.plural.get(at).copied().unwrap_or(false)
}

fn word(lattice: &Lattice, at: usize) -> &str {
    match lattice.atoms.get(at).map(|atom| &atom.token) {
        Some(Token::Word(word)) => word,
        _ => "",
    }
}

fn after_break(lattice: &Lattice, at: usize) -> bool {
    lattice.atoms.get(at).is_none_or(|atom| atom.after_break)
}

fn name_of(lattice: &Lattice, at: usize) -> Name {
    lattice.names.get(at).copied().unwrap_or(Name::None)
}

/// The name that ends before the place or, being heard as "it", at it.
pub(super) fn name_before(lattice: &Lattice, at: usize) -> Option<Found> {
    let filler = |at: usize| {
        matches!(word(lattice, at), "is" | "are")
            || lattice.atoms.get(at).is_some_and(|atom| atom.weight == Weight::Filler)
    };
    let head = if name_of(lattice, at) == Name::Head {
        at
    } else {
        let back = (1..=at).find(|back| !filler(at - back))?;
        at - back
    };
    if name_of(lattice, head) != Name::Head {
        return None;
    }
    let within = |back: &usize| matches!(name_of(lattice, head - back), Name::Within);
    let first = head - (1..=head).take_while(within).count();
    let beside = first > 0 && name_of(lattice, first - 1) == Name::Beside;
    (!beside && unbroken(&lattice.atoms, first..at + 1)).then_some(Found {
        range: first..head + 1,
        noun: head..head + 1,
        sure: false,
    })
}

/// The head of a name in the span.
pub(super) fn head_in(lattice: &Lattice, mut span: Range<usize>) -> Option<Range<usize>> {
    span.find(|at| name_of(lattice, *at) == Name::Head).map(|head| head..head + 1)
}

/// Where "for these hangers" ends that stands behind the place, else the place.
pub(super) fn name_behind(lattice: &Lattice, at: usize) -> usize {
    let beside =
        (at..lattice.names.len()).take_while(|place| name_of(lattice, *place) == Name::Beside).count();
    let head = name_of(lattice, at + beside) == Name::Head;
    if beside > 0 && head && !after_break(lattice, at) { at + beside + 1 } else { at }
}
