//! What counts as the same number, in every script, and what does not.

use super::*;

fn verdict(source: &str, lang: &str, text: &str, text_lang: &str) -> Shown {
    judge(&numbers_said(source, lang), text, text_lang, false)
}

#[test]
fn equal_numbers_pass_in_every_script_and_with_every_separator() {
    let source = "最低起订量是一千个，单价两美元八十美分";
    for (lang, text) in [
        ("es", "Pedido mínimo: 1.000 piezas. Precio: USD 2,80."),
        ("en", "MOQ 1,000 pieces at $2.80"),
        ("ru", "Минимум 1\u{A0}000 штук, 2,80 доллара"),
        ("ar", "الحد الأدنى ١٬٠٠٠ قطعة بسعر ٢٫٨٠ دولار"),
        ("en", "1000 pieces, 2 dollars 80 cents"),
    ] {
        assert_eq!(verdict(source, "zh", text, lang), Shown::Equal, "{text}");
    }
}

#[test]
fn a_wrong_a_missing_and_an_added_number_are_found() {
    for text in ["Pedido mínimo: 50 piezas", "Pedido mínimo", "Pedido mínimo: 500 piezas, 3 colores"] {
        assert_eq!(verdict("最低起订量是五百个", "zh", text, "es"), Shown::Wrong, "{text}");
    }
    let said = numbers_said("最低起订量是五百个", "zh");
    assert_eq!(judge(&said, "Pedido mínimo", "es", true), Shown::Marked);
}

#[test]
fn a_part_may_leave_numbers_out_but_not_change_them() {
    let said = numbers_said("两块五一个，起订五百个", "zh");
    assert!(!contradicts(&said, "Pedido mínimo: 500", "es"));
    assert!(contradicts(&said, "CNY 2,00", "es"));
}

#[test]
fn discounts_and_shares_may_be_said_the_other_way_round() {
    assert_eq!(verdict("一千个以上打九折", "zh", "10 % off from 1000 pieces", "en"), Shown::Equal);
    assert_eq!(
        verdict("三成定金，七成发货前付清", "zh", "30 % depósito, 70 % antes del envío", "es"),
        Shown::Equal
    );
    assert_eq!(verdict("打八五折", "zh", "15% off", "en"), Shown::Equal);
    assert_eq!(verdict("打九折，三成定金", "zh", "打9折，3成定金", "zh"), Shown::Equal);
    assert_eq!(verdict("打九折", "zh", "9% off", "en"), Shown::Wrong);
    assert_eq!(verdict("ten percent off", "en", "打九折", "zh"), Shown::Equal);
    assert_eq!(verdict("保修两年半", "zh", "2,5 años", "es"), Shown::Equal);
}

#[test]
fn idioms_ordinals_and_codes_are_no_numbers() {
    for source in ["我会一个一个回答", "看一下", "这是HY-500"] {
        assert_eq!(numbers_said(source, "zh"), [], "{source}");
    }
    for text in ["Veamos la segunda: sirve 15 veces.", "N.º 2: 15 usos", "第2款可以用15次"] {
        assert_eq!(verdict("第二款可以用十五次", "zh", text, "es"), Shown::Equal, "{text}");
    }
    assert_eq!(verdict("第二款可以用十五次", "zh", "N.º 3: 15 usos", "es"), Shown::Wrong);
    assert_eq!(verdict("先看第一款", "zh", "Primero", "es"), Shown::NoNumber);
    assert_eq!(numbers_said("保修一年", "zh").len(), 1);
    assert_eq!(verdict("容量500毫升", "zh", "HY-500: 500 ml", "en"), Shown::Equal);
    assert_eq!(numbers_said("answer one by one, SKU HY-500", "en"), []);
    assert_eq!(verdict("The second product: 15 uses", "en", "Producto n.º 2: 15 usos", "es"), Shown::Equal);
    assert_eq!(verdict("The second product: 15 uses", "en", "Lo siguiente: 15 usos", "es"), Shown::Equal);
    assert_eq!(verdict("The second product: 15 uses", "en", "Producto n.º 3: 15 usos", "es"), Shown::Wrong);
}

#[test]
fn english_sources_are_read_too() {
    let source = "two dollars eighty, ten percent off above one thousand, keeps cold for twenty-four hours";
    assert_eq!(
        verdict(source, "en", "2,80 $; 10 %; 1 000; 24".replace("1 0", "1\u{202F}0").as_str(), "fr"),
        Shown::Equal
    );
    assert_eq!(verdict("five hundred pieces", "en", "最低五百个，一款", "zh"), Shown::Equal);
    assert_eq!(verdict("four queens", "en", "Four queens", "en"), Shown::Equal);
    assert_eq!(verdict("four queens", "en", "Five queens", "en"), Shown::Wrong);
}
