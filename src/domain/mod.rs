//! Plain types that every stage speaks: no serde, no I/O, nothing of ours above them.

pub mod audio;
pub mod caption;
pub mod country;
pub mod day;
pub mod event;
pub mod flash;
pub mod ids;
pub mod inquiry;
pub mod lang;
pub mod market;
pub mod money;
pub mod product;
pub mod quantity;
pub mod show;
pub mod transcript;

pub use audio::{AudioFormat, Encoding, SAMPLE_RATE, samples_to_ms};
pub use caption::{Caption, Fidelity};
pub use country::Country;
pub use day::Day;
pub use event::{CardAction, PinMode, PinReason, SourceEvent};
pub use flash::{Flash, Reservation, Reserved};
pub use ids::{ClientId, Epoch, InquiryId, Offset, RoomId, SegmentId, Sku};
pub use inquiry::{Answer, Inquiry, Rendered};
pub use lang::{Lang, in_lang};
pub use market::{Habits, Market, Units};
pub use money::{Currency, Money};
pub use product::{DeliveryTerm, Fact, FactValue, PriceTier, Product};
pub use quantity::{Quantity, Unit};
pub use show::{KeptShow, Rendering, ShowEntry, ShowHead};
pub use transcript::{Transcript, Word};
