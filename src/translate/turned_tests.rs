//! Sentences in which the other side does, owns, pays or gets it: none may be shown as the seller's.

use super::seller_tests::all;

#[test]
fn what_buyers_do_or_get_is_not_shown_as_the_sellers() {
    let declined = |text| (text, "");
    let zh = [
        "您可以给我们开增值税发票",
        "你可以给我们开发票",
        "你们给我们开专票",
        "您可以免费给我们寄样品",
        "你们能给我们便宜两块钱",
        "您给我们发一份PI",
        "我们付三成定金",
        "我们先付五百美元定金",
        "您给我们七天无理由退货",
        "您保修两年",
        "您给我们保修两年",
        "图纸你们给我们",
        "您退我们全款",
        "您有现货",
        "你们有三百个工人",
        "你们工厂在宁波",
        "你们的工厂位于宁波",
        "你们可以发到俄罗斯",
        "你们收美元和人民币",
        "你们的起订量是五百个",
        "你们不收样品费",
        "你们二十四小时都有业务在线",
        "产品上印我们自己的logo",
        "可以给你们发私信",
        "拍一个给我们发三个",
        "马上赔给我们",
        "两年之内坏了，直接给我们换新的",
        "有任何问题随时联系你们",
    ];
    all("zh", "en", &zh.map(declined));
    let en = [
        "You give us a two year warranty.",
        "You have three hundred workers.",
        "We send you the artwork.",
        "We use your forwarder.",
        "You ship it to us in seven days.",
        "You sell it for ninety nine dollars.",
        "We pay a thirty percent deposit.",
        "Your factory is in Ningbo.",
        "Your factory produces ten thousand pieces a day.",
        "Your products are CE and FDA certified.",
        "You ship from the port of Ningbo.",
        "You can issue a VAT invoice.",
        "Your minimum order is five hundred pieces.",
        "It is not just cotton.",
    ];
    all("en", "es", &en.map(declined));
}

#[test]
fn what_is_said_to_buyers_is_still_shown() {
    all(
        "zh",
        "en",
        &[
            ("我们可以给你开增值税发票", "We can issue a VAT invoice."),
            ("您可以先看样品", "You can order a sample first."),
            ("关税您来付", "Import duties are paid by the buyer."),
            ("运费我们出", "Free shipping."),
            ("你们下单第二天发货", "Orders ship the next day."),
            ("您买十个送一个", "Buy 10 pieces, get 1 piece free."),
            ("我们退您全款", "Full refund."),
            ("送您一个收纳袋", "Included: storage bag."),
            ("模具归您所有", "The mould belongs to you."),
        ],
    );
    all(
        "en",
        "es",
        &[
            ("We give you a two year warranty.", "Garantía: 2 años."),
            ("You pay the shipping.", "El envío corre por cuenta del comprador."),
            ("You can use your own forwarder.", "Pueden usar su propio agente de carga."),
            ("Your warranty is two years.", "Garantía: 2 años."),
            ("The mould belongs to you.", "El molde es propiedad de ustedes."),
        ],
    );
}

#[test]
fn a_time_is_not_taken_in_a_unit_that_the_sentence_does_not_have() {
    all(
        "en",
        "es",
        &[
            ("The shelf life is three years unopened, twelve once you open it.", ""),
            ("It runs for five years.", ""),
            ("It runs for five hours.", "Autonomía por carga: 5 horas."),
        ],
    );
}
