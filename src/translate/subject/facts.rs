//! What can be told of one product. What holds for the house, the order, the sample or the show is not told of a name.

/// Ids of patterns.
#[rustfmt::skip] // a list, read by kinds
const FACTS: &[&str] = &[
    // what it is like
    "capacity", "material", "material-natural", "keeps-hot", "keeps-cold", "weight", "gross-weight", "length", "height", "width", "diameter", "size",
    "carton-size", "thickness", "folded-thickness", "saves-space", "foldable", "microwave-and-dishwasher", "microwave-safe", "dishwasher-safe",
    "not-dishwasher", "not-microwave", "food-grade", "no-glue-smell", "no-smell", "bpa-free", "brightness", "battery-capacity", "power", "voltage",
    "charging-time", "uses-per-charge", "runtime", "power-bank", "features", "not-feature", "colors", "color-count", "fabric-weight", "composition",
    "composition-two", "sizes-range", "sizes-list", "shoe-sizes", "one-size", "ip-rating", "plugs", "heat-resistance", "temperature-range", "below-zero",
    "load-capacity", "noise", "noise-below", "settings", "modes", "ages-from", "age-range", "not-under-age", "in-the-box", "machine-washable",
    "not-machine-washable", "hand-wash-only", "no-fade", "easy-install", "easy-to-use", "easy-to-clean", "upgraded", "thicker", "no-burrs", "no-deform",
    "upside-down", "soft-touch", "dimmable", "solar-charging", "rinse-clean", "boils-in", "heats-up-in", "install-time", "service-life", "shelf-life",
    "no-shrink", "unisex", "all-ages", "app-control", "timer", "auto-off", "one-button", "no-tools", "handmade", "one-piece", "cable-length",
    "strap-length", "high-cost-performance", "good-quality", "patented", "drop-test", "salt-spray-test", "leak-test", "ageing-test", "new-material",
    "certified", "new-arrival", "best-seller", "sells-well-in", "sells-on-amazon", "sold-so-far",
    "fitting-count", "shapes", "fits-laptop", "fits-tablet", "sizes-two", "sizes-three", "style-count", "size-count", "flame-rating", "tested", "tolerance",
    "food-contact", "torque", "rotation", "standby-time", "remote-range", "bluetooth-range", "works-on", "charge-run", "height-range", "double-sided",
    "induction-ok", "induction-gas", "oven-safe", "freezer-safe", "part-material", "part-feature", "part-thickness", "part-length", "filled-with",
    "charge-power", "people-capacity", "beam-distance", "burn-time", "washable-cover", "phone-unlock", "all-hobs", "height-adjustable", "auto-open", "no-assembly",
    "tested-by", "standby-time-max", "blackout-rate-max", "rotation-max", "torque-max",
    "keeps-cold-hot", "coverage-area", "room-area-in", "flow-rate", "pump-head", "boils-volume-in", "dries-in", "measures-in", "ready-in",
    "charge-to-in", "devices-at-once", "adjust-range", "top-speed", "travel-range", "screen-size", "night-vision", "memory-card-max", "works-with",
    "water-column", "water-depth", "lights-for", "inside-outside", "composition-part", "saves-water", "saves-energy",
    "filter-rate", "blackout-rate", "has-count", "shelf-life-unopened", "shelf-life-opened", "shelf-life-open-months", "oven-safe-to",
    "dishwasher-not-part", "wall-mount", "flight-ok", "swim-ok", "shower-ok", "no-glue-needed", "no-drilling", "not-for", "finishes",
    "comes-rolled", "sets-up-in", "salt-spray-hours", "drop-test-height", "tested-times", "charge-cycles", "replace-every", "lasts-for",
    "shipped-flat", "included-count", "live-price", "stock-added", "keeps-cold-hot-hours", "batteries-aa", "batteries-aaa", "foam-density",
    "auto-off-after", "sold-by-kilo", "compost-within", "light-color-change", "dim-is", "spec-is", "spec-up-to", "finish", "prints", "variants",
    "sold-by", "moq-roll", "packed-in", "packed-each", "aa-batteries-needed", "set-pieces", "screen-is", "fabric-feature", "avoid",
    // how many, how much, how soon
    "pcs-per-carton", "pcs-per-box", "pcs-per-set", "container-load", "container-type-load", "pallet-load", "carton-volume", "packaging-type",
    "packaging-box", "white-box", "poly-bag", "moq", "no-moq", "unit-price", "price-only", "price-from", "original-price", "now-price", "carton-price",
    "dozen-price", "incoterm-price", "incoterm-place-price", "tier-price", "tier-price-for", "tier-price-below", "design-moq", "colour-moq", "stock-moq",
    "stock", "in-stock", "out-of-stock", "few-left", "restocking", "made-to-order", "lead-time", "ships-in", "ships-within", "warranty",
    "lifetime-warranty", "warranty-motor", "warranty-battery", "spare-parts",
    "wholesale-price", "retail-price", "set-price", "pair-price", "box-price", "pack-price", "bottle-price", "roll-price", "metre-price", "kilo-price",
    "set-of-price", "pack-of-price", "pcs-per-pack",
    // what can be done with it
    "logo-engrave", "logo-laser", "logo-emboss", "logo-embroider", "name-engrave", "photo-printing", "own-label",
    "logo-printing", "logo-methods", "custom-color", "custom-size", "custom-design", "custom-packaging", "mix-colors", "mix-sizes",
];
/// How further ids begin and end.
const BEGINNINGS: &[&str] = &["suits-"];
const ENDINGS: &[&str] = &["-material", "-weight", "-length", "-capacity", "-rating"];

pub(super) fn is_fact(id: &str) -> bool {
    FACTS.contains(&id)
        || BEGINNINGS.iter().any(|start| id.starts_with(start))
        || ENDINGS.iter().any(|end| id.ends_with(end))
}
