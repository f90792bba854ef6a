//! The state machine on synthetic probability tracks. One character is one window of 32 ms.

use super::*;

/// `#` is clear speech, `+` weak speech (above hang-over only), `.` silence.
fn run(segmenter: &mut Segmenter, track: &str) -> Vec<SegmentEvent> {
    track
        .chars()
        .filter_map(|c| match c {
            '#' => segmenter.push(0.95, 0.2),
            '+' => segmenter.push(0.4, 0.1),
            'q' => segmenter.push(0.95, 0.01),
            _ => segmenter.push(0.02, 0.001),
        })
        .collect()
}

fn ended(events: &[SegmentEvent]) -> Vec<Span> {
    events.iter().filter_map(|e| if let SegmentEvent::Ended(span) = e { Some(*span) } else { None }).collect()
}

fn segmenter() -> Segmenter {
    Segmenter::new(SegmentSettings::default())
}

#[test]
fn silence_and_clicks_give_nothing() {
    let mut s = segmenter();
    assert_eq!(run(&mut s, &".".repeat(500)), vec![]);
    assert_eq!(run(&mut s, "....#......#.......##........"), vec![]);
}

#[test]
fn weak_speech_alone_does_not_open_an_utterance() {
    assert_eq!(run(&mut segmenter(), &"+".repeat(100)), vec![]);
}

#[test]
fn an_utterance_keeps_padding_on_both_sides() {
    let mut s = segmenter();
    let events = run(&mut s, &format!("{}{}{}", ".".repeat(20), "#".repeat(30), ".".repeat(20)));
    assert_eq!(events[0], SegmentEvent::Started { start: 20 * WINDOW - 4800 });
    let span = ended(&events)[0];
    assert_eq!(span, Span { start: 20 * WINDOW - 4800, end: 50 * WINDOW + 4800, speech_end: 50 * WINDOW });
}

#[test]
fn onset_survives_one_weak_window() {
    let events = run(&mut segmenter(), "....##.##########....");
    assert_eq!(events[0], SegmentEvent::Started { start: (4 * WINDOW).saturating_sub(4800) });
}

#[test]
fn hangover_bridges_weak_endings_and_a_breath_is_no_end() {
    let mut s = segmenter();
    let track = format!(
        "..{}{}{}{}....................",
        "#".repeat(20),
        "+".repeat(30),
        ".".repeat(6),
        "#".repeat(10)
    );
    let events = run(&mut s, &track);
    assert!(matches!(events[1], SegmentEvent::Paused { .. }), "{events:?}");
    assert_eq!(events[2], SegmentEvent::Resumed);
    assert_eq!(ended(&events).len(), 1);
    assert_eq!(ended(&events)[0].speech_end, (2 + 20 + 30 + 6 + 10) * WINDOW);
}

#[test]
fn a_pause_is_told_before_the_end_with_the_same_speech_end() {
    let mut s = segmenter();
    let events = run(&mut s, &format!("{}{}", "#".repeat(30), ".".repeat(20)));
    let SegmentEvent::Paused { start, speech_end } = events[1] else { panic!("{events:?}") };
    let span = ended(&events)[0];
    assert_eq!((start, speech_end), (span.start, span.speech_end));
}

#[test]
fn too_little_speech_is_cancelled() {
    let mut s = segmenter();
    let events = run(&mut s, "....####....................");
    assert_eq!(events.last(), Some(&SegmentEvent::Cancelled), "{events:?}");
}

#[test]
fn the_next_utterance_never_reaches_into_the_last() {
    let mut s = segmenter();
    let events =
        run(&mut s, &format!("{}{}{}{}", "#".repeat(30), ".".repeat(15), "#".repeat(30), ".".repeat(20)));
    let spans = ended(&events);
    assert_eq!(spans.len(), 2);
    assert!(spans[1].start >= spans[0].end, "{spans:?}");
}

#[test]
fn a_long_utterance_is_cut_at_its_quietest_point_and_nothing_is_lost() {
    let mut s = segmenter();
    let limit = (12_000 / 32) as usize;
    let quiet_at = limit * 3 / 4;
    let track = format!("{}qqq{}{}", "#".repeat(quiet_at), "#".repeat(limit - quiet_at), "#".repeat(40));
    let events = run(&mut s, &track);
    let first = ended(&events)[0];
    let cut = first.end / WINDOW;
    assert!(
        (quiet_at as u64..quiet_at as u64 + 3).contains(&cut),
        "cut at window {cut}, quiet at {quiet_at}"
    );
    let rest = run(&mut s, &".".repeat(20));
    assert_eq!(ended(&rest)[0].start, first.end);
}

#[test]
fn endpointing_follows_the_setting() {
    let settings = SegmentSettings { endpointing_ms: 1000, ..SegmentSettings::default() };
    let mut s = Segmenter::new(settings);
    let events = run(&mut s, &format!("{}{}", "#".repeat(30), ".".repeat(31)));
    assert!(ended(&events).is_empty());
    assert_eq!(ended(&run(&mut s, "..")).len(), 1);
}

#[test]
fn finalize_ends_what_is_open_and_is_harmless_in_silence() {
    let mut s = segmenter();
    assert_eq!(s.flush(), None);
    run(&mut s, &"#".repeat(30));
    let Some(SegmentEvent::Ended(span)) = s.flush() else { panic!("nothing flushed") };
    assert_eq!(span.speech_end, 30 * WINDOW);
    assert_eq!(s.flush(), None);
}

#[test]
fn an_hour_of_silence_is_nothing_and_the_first_word_after_it_is_heard() {
    let mut s = segmenter();
    let hour = 3_600 * u64::from(SAMPLE_RATE) / WINDOW;
    assert!((0..hour).all(|_| s.push(0.0, 0.0).is_none()));
    let spans = ended(&run(&mut s, &format!("{}{}", "#".repeat(30), ".".repeat(20))));
    assert_eq!((spans.len(), spans[0].speech_end), (1, (hour + 30) * WINDOW));
}

#[test]
fn eight_hours_in_one_breath_are_utterances_that_can_be_recognised_one_behind_the_other() {
    let mut s = segmenter();
    let windows = 8 * 3_600 * u64::from(SAMPLE_RATE) / WINDOW;
    let longest = SegmentSettings::default().max_utterance_ms * u64::from(SAMPLE_RATE) / 1_000;
    let mut end = None;
    for _ in 0..windows {
        if let Some(SegmentEvent::Ended(span)) = s.push(0.9, 0.1) {
            assert!(span.end - span.start <= longest + WINDOW, "{span:?}");
            assert!(end.is_none_or(|end| end == span.start), "{span:?} does not begin at {end:?}");
            end = Some(span.end);
        }
    }
    assert!(windows * WINDOW - end.unwrap() <= longest + WINDOW);
}
