//! What one viewer saw of one clip.

use std::time::Instant;

use serde_json::Value;

use super::triggers::Pin;

/// A caption as it came. Times are in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// When it was read from the socket; 0 is the first sample's moment.
    pub at: f64,
    pub segment: u64,
    pub is_final: bool,
    pub text: String,
    pub source_text: String,
    /// What `text` is in.
    pub text_lang: String,
    pub source_lang: String,
    /// On the show's clock, as the gateway tells them.
    pub start: f64,
    pub end: f64,
    pub emitted: Option<f64>,
    pub engine: String,
    pub fidelity: String,
}

/// Gathers one language's messages during one clip.
#[derive(Debug)]
pub struct Collector {
    pub lang: String,
    /// Everything new, in the order in which it came.
    pub captions: Vec<Seen>,
    /// Cards pinned because of what the host said, `at` in seconds like [`Seen::at`].
    pub pins: Vec<Pin>,
    pub errors: Vec<String>,
    /// The gateway has greeted.
    pub greeted: bool,
    pub last_heard: Option<Instant>,
    started: Option<Instant>,
    old_offset: u64,
    old_segment: u64,
}

impl Collector {
    pub fn new(lang: &str) -> Self {
        Self {
            lang: lang.to_owned(),
            captions: Vec::new(),
            pins: Vec::new(),
            errors: Vec::new(),
            greeted: false,
            last_heard: None,
            started: None,
            old_offset: 0,
            old_segment: 0,
        }
    }

    /// The clip's first sample is spoken at `at`: what came before belongs to earlier clips.
    pub fn start(&mut self, at: Instant) {
        self.started = Some(at);
    }

    pub fn hear(&mut self, message: &Value, at: Instant) {
        self.last_heard = Some(at);
        let offset = message["offset"].as_u64();
        match message["type"].as_str() {
            Some("hello") => self.greeted = true,
            Some("error") => self.errors.push(message["code"].as_str().unwrap_or("error").to_owned()),
            _ => {}
        }
        let Some(started) = self.started else {
            self.old_offset = self.old_offset.max(offset.unwrap_or(0));
            self.old_segment = self.old_segment.max(message["segment"].as_u64().unwrap_or(0));
            return;
        };
        // A reconnection may bring a snapshot of what is long known.
        if offset.is_some_and(|offset| offset <= self.old_offset) {
            return;
        }
        let at = at.saturating_duration_since(started).as_secs_f64();
        match message["type"].as_str() {
            Some("caption") if message["corrected"] != true => {
                self.captions.extend(self.caption(message, at));
            }
            Some("card") if message["action"] == "pin" && message["reason"] == "spoken" => {
                if let Some(sku) = message["sku"].as_str() {
                    self.pins.push(Pin { sku: sku.to_owned(), at });
                }
            }
            _ => {}
        }
        self.old_offset = self.old_offset.max(offset.unwrap_or(0));
    }

    /// The finals, in order.
    pub fn finals(&self) -> impl Iterator<Item = &Seen> {
        self.captions.iter().filter(|c| c.is_final)
    }

    /// Segments in the order in which they began, with everything shown for each.
    pub fn segments(&self) -> Vec<Vec<&Seen>> {
        let mut segments: Vec<Vec<&Seen>> = Vec::new();
        for caption in &self.captions {
            match segments.iter_mut().find(|shown| shown[0].segment == caption.segment) {
                Some(shown) => shown.push(caption),
                None => segments.push(vec![caption]),
            }
        }
        segments
    }

    fn caption(&self, message: &Value, at: f64) -> Option<Seen> {
        let text = |key: &str| message[key].as_str().unwrap_or_default().to_owned();
        let seconds = |key: &str| message[key].as_f64().map(|ms| ms / 1000.0);
        let segment = message["segment"].as_u64().filter(|segment| *segment > self.old_segment)?;
        let lang = message["lang"].as_str().unwrap_or(&self.lang);
        let source = message["source_text"].as_str().or(message["text"].as_str()).unwrap_or_default();
        Some(Seen {
            at,
            segment,
            is_final: message["final"] == true,
            text: text("text"),
            source_text: source.to_owned(),
            text_lang: message["text_lang"].as_str().unwrap_or(lang).to_owned(),
            source_lang: message["source_lang"].as_str().unwrap_or(lang).to_owned(),
            start: seconds("start_ms").unwrap_or(f64::NAN),
            end: seconds("end_ms").unwrap_or(f64::NAN),
            emitted: seconds("emitted_ms"),
            engine: text("engine"),
            fidelity: text("fidelity"),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn what_belongs_to_an_earlier_clip_is_left_out() {
        let mut collector = Collector::new("es");
        let zero = Instant::now();
        collector.hear(&json!({"type":"hello","epoch":"k","offset":4}), zero);
        collector.hear(&json!({"type":"caption","offset":4,"segment":7,"final":true,"text":"old"}), zero);
        assert!(collector.greeted && collector.captions.is_empty());
        collector.start(zero);
        let later = zero + Duration::from_millis(1500);
        collector.hear(&json!({"type":"caption","segment":7,"final":false,"text":"late partial"}), later);
        collector.hear(&json!({"type":"caption","offset":4,"segment":7,"final":true,"text":"old"}), later);
        collector
            .hear(&json!({"type":"caption","segment":8,"final":false,"text":"Ho","start_ms":100}), later);
        collector.hear(&json!({"type":"caption","offset":5,"segment":8,"final":true,"text":"Hola"}), later);
        collector.hear(&json!({"type":"card","offset":6,"action":"pin","sku":"A","reason":"spoken"}), later);
        collector
            .hear(&json!({"type":"card","offset":7,"action":"pin","sku":"B","reason":"operator"}), later);
        collector.hear(&json!({"type":"caption","offset":5,"segment":8,"final":true,"text":"again"}), later);
        let texts: Vec<&str> = collector.captions.iter().map(|c| c.text.as_str()).collect();
        assert_eq!(texts, ["Ho", "Hola"]);
        assert!((collector.captions[0].at - 1.5).abs() < 1e-9);
        assert_eq!(collector.pins, [Pin { sku: "A".into(), at: 1.5 }]);
        assert_eq!(collector.segments().len(), 1);
    }
}
