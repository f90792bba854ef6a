//! How well an engine was measured to speak a language.

/// Measured quality of an engine in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Measured, and not fit to be shown.
    Unfit,
    Gist,
    Usable,
    Verified,
}

impl Tier {
    /// As packs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unfit => "unfit",
            Self::Gist => "gist",
            Self::Usable => "usable",
            Self::Verified => "verified",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "unfit" => Some(Self::Unfit),
            "gist" => Some(Self::Gist),
            "usable" => Some(Self::Usable),
            "verified" => Some(Self::Verified),
            _ => None,
        }
    }
}
