//! Opus packets in a stream that is right but for them: a byte for each packet's length, then the packet.
#![no_main]

use tradewind_fuzz::{decode, ogg_page};

const HEAD: &[u8] = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0";
const TAGS: &[u8] = b"OpusTags\0\0\0\0\0\0\0\0";
/// Packets on one page.
const MOST: usize = 255;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (mut lacing, mut body, mut rest) = (Vec::new(), Vec::new(), data);
    while let Some((&length, more)) = rest.split_first().filter(|_| lacing.len() < MOST) {
        // 255 would go on in the next segment.
        let length = usize::from(length.min(254)).min(more.len());
        lacing.push(length as u8);
        body.extend(&more[..length]);
        rest = &more[length..];
    }
    let mut stream = vec![data.len() as u8];
    stream.extend(ogg_page(2, 0, 0, &[HEAD.len() as u8], HEAD));
    stream.extend(ogg_page(0, 0, 1, &[TAGS.len() as u8], TAGS));
    stream.extend(ogg_page(4, 960 * lacing.len() as u64, 2, &lacing, &body));
    decode(&stream);
});
