//! Traditional characters of the words that the triggers know, simplified: a room may write either.

/// Pairs, traditional first. Both have three bytes, so places in the text stay what they are.
const PAIRS: &str = "號号鏈链連连結结產产個个後后寶宝貝贝樣样種种來来這这們们紹绍換换進进點点請请給给帶带現现還还會会賣卖沒没嗎吗裡里\
時时見见過过買买問问週周為为麼么誰谁講讲說说與与製制選选開开貨货變变紙纸鐵铁銅铜鋁铝鋼钢鏽锈膠胶頭头術术顏颜圖图設设計计裝装條条款款";

pub fn simplified(text: &str) -> String {
    text.chars().map(simple).collect()
}

fn simple(ch: char) -> char {
    let mut signs = PAIRS.chars();
    while let (Some(traditional), Some(simplified)) = (signs.next(), signs.next()) {
        if traditional == ch {
            return simplified;
        }
    }
    ch
}
