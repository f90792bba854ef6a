//! What is said of goods, their parts and their prices: shown with the thing and the unit that were named, and not at all
//! where it is another's, turned round, or only half of it. Every sentence is invented.

use super::seller_tests::shown;

/// Each is shown as it stands here, or, where that is empty, not at all.
fn all(source: &str, target: &str, table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .map(|(said, is)| (said, is, shown(said, source, target)))
        .filter(|(_, is, text)| text != *is)
        .map(|(said, is, text)| format!("{said}\n  is shown as {text:?}\n  must be     {is:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn goods_are_named_before_what_is_said_of_them() {
    all(
        "zh",
        "en",
        &[
            ("这个蒸锅毛重三公斤", "Steamer: Gross weight: 3 kg."),
            ("电热毯功率八十瓦", "Electric blanket: Power: 80 W."),
            ("毛巾的起订量是一百条", "Towel: Minimum order: 100 pieces."),
            ("红色的雨伞没货了", "Umbrella (red): Out of stock for now."),
            ("书架承重八十公斤", "Bookshelf: Load capacity: 80 kg."),
            ("背包有五个口袋", "Backpack – pockets: 5."),
            ("鞋底防滑", "Sole: non-slip."),
            ("锅底厚三毫米", "Bottom, thickness: 3 mm."),
            // another thing, or more than is understood
            ("毛巾架是不锈钢的", ""),
            ("买电饭煲送蒸锅", ""),
            ("这款毛巾比那款毛巾贵五块", ""),
            ("别家的背包有五个口袋", ""),
            ("如果有五个口袋就好了", ""),
            ("高度不可以调节", ""),
        ],
    );
    all(
        "en",
        "es",
        &[
            ("The stapler weighs 300 grams.", "Engrapadora. Peso: 300 g."),
            ("The dryer comes with a 2 year guarantee.", "Secadora de pelo. Garantía: 2 años."),
            ("These gloves are 90 cents apiece.", "Guantes. Precio unitario: USD 0.90."),
            ("The jacket is rated IPX4.", "Chamarra. Grado de protección contra el agua: IPX4."),
            ("This bag has 5 pockets.", "Bolsa – bolsillos: 5."),
            ("The towel rack is stainless steel.", "Material: acero inoxidable.…"),
            ("The bag on the left has 5 pockets.", ""),
            ("It is for our kettle.", ""),
            ("The lamp is on the table.", ""),
            ("The dryer's cord is 2 meters.", "Longitud del cable: 2 m.…"),
            ("The height is not adjustable.", ""),
            ("Only the red backpack is waterproof.", ""),
        ],
    );
}

#[test]
fn a_part_and_a_grade_are_the_ones_that_were_said() {
    all(
        "zh",
        "en",
        &[
            ("杯身是玻璃的", "Body: glass."),
            ("外壳是ABS的", "Outer shell: ABS."),
            ("架子是碳钢的", "Frame: carbon steel."),
            ("填充物是羽绒", "Filling: down feather."),
            ("纯棉的", "Material: pure cotton."),
            ("棉的", "Material: cotton."),
            ("面料是真皮的", "Material: genuine leather."),
            ("材质是皮革", "Material: leather."),
            ("桌面是实木的", "Top: solid wood."),
            ("手柄是木头的", "Handle: wood."),
            ("架子不是碳钢的", ""),
            ("仿实木的", ""),
            ("填充物以前是羽绒", ""),
            ("表带可以换成真皮的", ""),
        ],
    );
    all(
        "en",
        "es",
        &[
            ("It's pure cotton.", "Material: algodón puro."),
            ("It's leather.", "Material: cuero."),
            ("It's real leather.", "Material: cuero genuino."),
            ("The frame is not steel.", ""),
            ("It looks like genuine leather.", ""),
            ("Fake leather.", ""),
        ],
    );
}

#[test]
fn a_price_keeps_its_unit_and_its_kind() {
    all(
        "zh",
        "en",
        &[
            ("一套九十九块", "Price per set: CNY 99.00."),
            ("三美元一双", "Price per pair: USD 3.00."),
            ("一盒二十五块", "Price per box: CNY 25.00."),
            ("一盒二十五个", "Per box: 25 pieces."),
            ("批发价三十八块一个", "Wholesale price: CNY 38.00."),
            ("零售价二十九块九", "Retail price: CNY 29.90."),
            ("批发价比零售价便宜十块", ""),
            ("批发价要看数量", ""),
            ("一双十八块两双三十块", ""),
            ("一套四个不是五十九块", ""),
            ("会员全场八折", ""),
        ],
    );
    all(
        "en",
        "es",
        &[
            ("Retail is 9 dollars 90.", "Precio al público: USD 9.90."),
            ("The set costs 25 dollars.", "Precio por juego: USD 25.00."),
            ("The set is not 25 dollars.", ""),
            ("A set of four is 20 dollars.", "Precio del juego de 4: USD 20.00."),
            ("Retail is 9 dollars in the US.", ""),
        ],
    );
}

#[test]
fn who_pays_and_who_does_it_stays() {
    all(
        "zh",
        "en",
        &[
            ("运费你出", "Shipping is paid by the buyer."),
            ("运费由我们承担", "Free shipping."),
            ("模具费你们出", "The mould fee is paid by the buyer."),
            ("模具费我们出", "No mould fee."),
            ("清关你们做", "Customs clearance is handled by the buyer."),
            ("关税客户自己付", "Import duties are paid by the buyer."),
            ("关税我们出", "We pay the import duties."),
            ("运费不用你出", ""),
            ("关税我们不出", ""),
        ],
    );
    all(
        "en",
        "es",
        &[
            ("I cover the freight.", "Envío gratuito."),
            ("You pay the freight.", "El envío corre por cuenta del comprador."),
            ("I don't pay the freight.", ""),
            ("We pay half the freight.", ""),
            ("Who covers the freight?", ""),
        ],
    );
}

#[test]
fn where_and_when_it_ships_is_what_was_said() {
    all(
        "zh",
        "en",
        &[
            ("从义乌发货", "Ships from: Yiwu."),
            ("从宁波港出货", "Port of loading: Ningbo."),
            ("今天下单明天发货", "Order today, and it ships tomorrow."),
            ("下午付款晚上就发货", "Pay in the afternoon, and it ships in the evening."),
            ("每周一发货", "We ship every week on: Monday."),
            ("晚安", "Good night."),
            ("今天下单明天不发货", ""),
            ("每周一不发货", ""),
            ("除了周一每天发货", ""),
            ("我们以前从义乌发货", ""),
            ("从宁波发货比从上海快", ""),
        ],
    );
    all(
        "en",
        "es",
        &[
            ("Orders go out every Monday.", "Día de despacho semanal: lunes."),
            ("We ship every Monday except holidays.", ""),
            ("Order today and it ships tomorrow if it's in stock.", ""),
            ("It hasn't passed the UL test.", ""),
            ("It will pass the UL test.", ""),
            ("We can engrave your logo for 50 cents.", ""),
            ("40 pieces is not enough to start.", ""),
        ],
    );
}
