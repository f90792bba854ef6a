//! Bodies of REST requests and answers. `/openapi.json` is made of these types.

mod caption;
mod card;
mod catalogue;
mod flash;
mod glossary;
mod inquiry;
mod listen;
mod pins;
mod room;
mod shows;
mod summary;
mod token;

pub use caption::{CorrectionBody, SpokenCaption};
pub use card::{Card, CardFact, CardFlash, CardPrice, CardTier, CardWas, Gap, LocalPrice};
pub use catalogue::{ImportReport, RunningOrder, Uploaded};
pub use flash::{BeginSale, Held, OperatorReservation, ReservationState, ReservationWish, Sale, Sales};
pub use glossary::{GlossaryBody, GlossaryList, PackTerms, TermBody, TermState};
pub use inquiry::{AnswerBody, InquiryList, InquiryNotice, OperatorAnswer, OperatorInquiry, RenderedText};
pub use listen::ListenQuery;
pub use pins::{ModeBody, PinsState, Suggested, UndoBody, Undoable};
pub use room::{
    ClusterState, OperatedRoom, PackStrings, PackSummary, Pin, Price, RateSource, RatesState, Readiness,
    Recognition, RoomProduct, RoomRates, RoomSummary,
};
pub use shows::{
    AudioFile, ListedShow, PinnedCard, ShowAudio, ShowCaption, ShowCaptions, ShowCard, ShowList,
};
pub use summary::{
    Attendance, LagFigures, Percentiles, QuestionCount, ReservationCount, SeatCount, ShowSummary,
    ShownProduct,
};
pub use token::{IssuedToken, LONGEST_LIFETIME, TokenWish};

/// Names of rooms, products, shows, inquiries: as `domain::ids` checks them.
pub const NAME: &str = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$";
/// A language tag: language, script, region. `domain::Lang` reads variants, too.
pub const TAG: &str = "^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$";
