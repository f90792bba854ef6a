//! No promise without its condition: what is shown only whole, and what must not be shown, by the kinds of fault that a
//! reader of the phrasebook's captions found. Every sentence is invented.

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
fn mandarin_promises_keep_their_conditions() {
    all(
        "zh",
        "en",
        &[
            // conditions and groups in the same clause
            ("新模具的定金是五成", ""),
            ("样品单可以用PayPal", ""),
            ("来我们展会的客户样品免费", ""),
            ("定制的话起订量是六百个", ""),
            ("首单免运费", ""),
            ("颜色可以定制，五百个起订", ""),
            ("包邮的起订量五百个", ""),
            ("新客户样品免费", ""),
            ("有现货的话三天发货", ""),
            ("下单的话送数据线", ""),
            ("现货四十八小时内发货", "Items in stock ship within 48 hours."),
            ("每个尺码起订五十件", ""),
            ("今天全部包邮", ""),
            ("会员九折", ""),
            ("满五百块包邮", "Free shipping on orders of CNY 500.00 or more."),
            ("起订量每个颜色一百个", "Minimum order per colour: 100 pieces."),
            ("付定金以后十五天交货", "Lead time: 15 days after the deposit."),
            // a clause beside it takes it back
            ("充电头不送，数据线是送的", ""),
            ("全部包邮，但是海外不包", ""),
            ("包邮，新疆西藏除外", ""),
            ("全部包邮。不过偏远地区要补运费。", "Free shipping. Remote areas: extra postage.…"),
            ("保修一年，人为损坏不保", "Warranty: 1 year. Damage through misuse is not covered."),
            ("定金三成，第一次合作要五成", ""),
            ("单价五块，一千个以上", ""),
            ("现货三天发货，定制的另外算", ""),
            ("含税，不含税", ""),
            ("样品免费，运费自理", "Samples are free. Shipping is paid by the buyer."),
            ("不含税，开票加百分之八", "Tax is not included in the price. With tax: 8% extra."),
            ("定金百分之三十，尾款发货前付清", "Deposit: 30%. The balance is paid before shipment."),
            // bounds and hedges
            ("交期15天，最长20天", ""),
            ("交期最多十五天", ""),
            ("可能要二十天", ""),
            ("最快七天可以出货", ""),
            ("噪音低于四十分贝", "Noise level (dB): below 40."),
            // what the number is of
            ("三百箱一万五千块", ""),
            ("六只一套90块", "Price for a set of 6: CNY 90.00."),
            ("两件一百块", ""),
            ("单价五到八美元", ""),
            ("一打六十块", "Price per dozen: CNY 60.00."),
            ("一百件以上单价五块", "Unit price for 100 pieces or more: CNY 5.00."),
            ("五百个以下单价八块", "Unit price for less than 500 pieces: CNY 8.00."),
            // variants and other subjects
            ("绿色的只剩三十台了", "Green – left in stock: 30 units."),
            ("大号的重三公斤", "Large: 3 kg."),
            ("红色的要加两块", ""),
            ("托盘重二十公斤", ""),
            ("这台机器功率五十千瓦", ""),
            ("模具保修两年", ""),
            ("白色有现货", "In stock: white."),
            ("尺寸是二十五乘十五", ""),
            ("整机质保两年", "Warranty on the whole machine: 2 years."),
            ("包装盒的尺寸是20乘15公分", ""),
            ("长30厘米，宽20厘米，高10厘米", "Length: 30 cm. Width: 20 cm. Height: 10 cm."),
            ("杯盖是塑料的，杯身是不锈钢的", "Lid: plastic. Body: stainless steel."),
            // words of another line
            ("我们的皮料来自意大利", ""),
            ("来自埃及的朋友谢谢你", ""),
            ("我们在广州有仓库", ""),
            ("我们做OEM", ""),
            ("OEM和ODM都可以做", "OEM and ODM orders are welcome."),
            ("我们工厂在东莞，有八百名员工", "Our factory is in Dongguan. We have 800 employees."),
            // ordinals, the chat, viewers
            ("第二个便宜十块", ""),
            ("最后一款还有三十个", ""),
            ("接下来看第二款", "Let's look at product No. 2."),
            ("画面不清楚的扣二", ""),
            ("谢谢玛丽亚，你的问题等一下说", ""),
            ("有人问有没有保修，有的", ""),
            ("小王说能不能便宜一点", ""),
            // whole, and what may be left out
            ("不适合六岁以下儿童", "Not for children under 6."),
            ("可以机洗，不掉色", "Machine washable. The colour does not fade."),
            ("一箱二十四个，一托三十箱", "Per carton: 24 pieces. Per pallet: 30 cartons."),
            ("大货交期三十天，样品七天", "Lead time: 30 days. Sample lead time: 7 days."),
            ("大家看这里，起订量五百个", "Minimum order: 500 pieces."),
            ("这款陀螺起订量两百个", "Minimum order: 200 pieces.…"),
            ("这款红色起订量两百个", ""),
            ("这款大号起订量两百个", ""),
            ("这款面料起订量两百米", ""),
            ("非常漂亮，起订量五百个", "Minimum order: 500 pieces.…"),
            ("起订量五百个。我们唱歌给你听。", "Minimum order: 500 pieces.…"),
        ],
    );
}

#[test]
fn mandarin_persons_are_never_exchanged() {
    all(
        "zh",
        "en",
        &[
            ("运费我出", "Free shipping."),
            ("运费我们出", "Free shipping."),
            ("运费咱们出", "Free shipping."),
            ("邮费我来出", "Free shipping."),
            ("运费由我承担", "Free shipping."),
            ("运费由我们承担", "Free shipping."),
            ("运费你出", "Shipping is paid by the buyer."),
            ("运费你们出", "Shipping is paid by the buyer."),
            ("邮费您出", "Shipping is paid by the buyer."),
            ("运费由你承担", "Shipping is paid by the buyer."),
            ("运费由您承担", "Shipping is paid by the buyer."),
            ("运费由你们承担", "Shipping is paid by the buyer."),
            ("运费是你们出", "Shipping is paid by the buyer."),
            ("运费要你们出", "Shipping is paid by the buyer."),
            ("运费由买家承担", "Shipping is paid by the buyer."),
            ("样品免费,运费你出", "Samples are free. Shipping is paid by the buyer."),
            ("样品免费,运费你们出", "Samples are free. Shipping is paid by the buyer."),
            ("模具费我出", "No mould fee."),
            ("模具费我们出", "No mould fee."),
            ("模具费你出", "The mould fee is paid by the buyer."),
            ("模具费你们出", "The mould fee is paid by the buyer."),
            ("清关我做", "We can help with customs clearance."),
            ("清关我们做", "We can help with customs clearance."),
            ("清关你做", "Customs clearance is handled by the buyer."),
            ("清关你们做", "Customs clearance is handled by the buyer."),
            ("可以印你的logo", "We can print your logo."),
            ("可以印你们的logo", "We can print your logo."),
            ("可以印我的logo", ""),
            ("可以印我们的logo", ""),
            // a sound across two words, and who pays for what
            ("棉布包有两个颜色可以选", ""),
            ("硅胶包有5个颜色可以选", ""),
            ("样品要收费,运费我们出", ""),
            ("样品费20块,我们包邮", ""),
            ("质量问题我们免费换,运费我们出", ""),
            ("我们工厂在佛山", "Our factory is in Foshan."),
        ],
    );
}

#[test]
fn english_persons_are_never_exchanged() {
    all(
        "en",
        "es",
        &[
            ("I cover the freight.", "Envío gratuito."),
            ("I'll pay the shipping.", "Envío gratuito."),
            ("We pay the shipping.", "Envío gratuito."),
            ("We will cover the freight.", "Envío gratuito."),
            ("Shipping is on us.", "Envío gratuito."),
            ("Shipping is on me.", "Envío gratuito."),
            ("Shipping is on you.", "El envío corre por cuenta del comprador."),
            ("You pay the shipping.", "El envío corre por cuenta del comprador."),
            ("You pay the freight.", "El envío corre por cuenta del comprador."),
            ("We can print your logo.", "Podemos imprimir su logotipo."),
            ("I can print your logo.", "Podemos imprimir su logotipo."),
            ("We can print our logo.", ""),
            ("I can print my logo.", ""),
            ("You can print our logo.", ""),
            ("You do the customs clearance.", "El despacho de aduana lo hace el comprador."),
            ("You pay the mold fee.", "El costo del molde corre por cuenta del comprador."),
            ("Samples are free and we pay the shipping.", ""),
            ("Samples are free and I pay the shipping.", ""),
            (
                "Samples are free, you pay the shipping.",
                "Las muestras son gratuitas. El envío corre por cuenta del comprador.",
            ),
        ],
    );
}

#[test]
fn a_noun_that_no_pattern_has_is_the_product_of_a_fact() {
    all(
        "zh",
        "en",
        &[
            ("这个蒸锅毛重3公斤", "Steamer: Gross weight: 3 kg."),
            ("电热毯功率80瓦", "Electric blanket: Power: 80 W."),
            ("我们这款围裙长90公分", "Apron: Length: 90 cm."),
            ("这款手套起订量300双", "Gloves: Minimum order: 300 pairs."),
            ("我们的空气炸锅保修18个月", "Air fryer: Warranty: 18 months."),
            ("毛巾起订量是3000条", "Towel: Minimum order: 3,000 pieces."),
            ("这件卫衣是纯棉的", "Material: pure cotton.…"),
            ("这个玻璃杯耐高温", "Features: heat resistant.…"),
            ("这款地毯起订量100张", "Carpet: Minimum order: 100 pieces."),
            ("这款LED灯功率5瓦", "Power: 5 W.…"),
            // a part, a package, a machine, a variant
            ("这个底座重3公斤", ""),
            ("这个刀片长10厘米", "Blade, length: 10 cm."),
            ("这个电机功率50瓦", ""),
            ("这款样品重500克", ""),
            ("我们的模具保修两年", ""),
            ("这台机器重两吨", ""),
            ("这个托盘重20公斤", ""),
            ("这个盒子长10厘米", ""),
            ("这块面料重300克", ""),
            ("红色的雨伞8块一把", "Umbrella (red): Unit price: CNY 8.00."),
            ("大雨伞8块一把", ""),
            ("旧款雨伞8块一把", ""),
            // somebody else's, several, of a kind
            ("你们的雨伞重500克", ""),
            ("我朋友的雨伞8块一把", ""),
            ("同行的雨伞8块一把", ""),
            ("赠品雨伞8块一把", ""),
            ("两把雨伞8块", ""),
            ("第二把雨伞8块", ""),
            ("雨伞和雨衣都是8块", ""),
            ("这个杯子5块,这个碗起订量100个", ""),
            ("这个沙发腿高10厘米", ""),
            ("这款手表的表带是真皮的", "Wristwatch: Watch strap: genuine leather."),
            // what holds for the house, told of one product: the product is named
            ("这款雨伞包邮", "Umbrella: Free shipping."),
            ("这款雨伞打九折", "Umbrella: 10% off."),
            ("这款雨伞样品免费", "Umbrella: Samples are free."),
            // asked, denied, past
            ("这款雨伞8块吗", ""),
            ("这款雨伞不是8块", ""),
            ("昨天这款雨伞卖8块", ""),
        ],
    );
    all(
        "en",
        "es",
        &[
            ("The stapler weighs 300 grams.", "Engrapadora. Peso: 300 g."),
            ("These gloves are 90 cents apiece.", "Guantes. Precio unitario: USD 0.90."),
            ("The dryer comes with a 2 year guarantee.", "Secadora de pelo. Garantía: 2 años."),
            (
                "Our kettle is food grade stainless steel.",
                "Hervidor. Material: acero inoxidable de grado alimenticio.",
            ),
            (
                "The minimum order for these hangers is 1000 pieces.",
                "Gancho para ropa. Pedido mínimo: 1,000 piezas.",
            ),
            ("Gloves are 2 dollars a pair.", "Precio por par: USD 2.00.…"),
            ("This backpack is 5 dollars FOB.", "Mochila: Precio FOB: USD 5.00."),
            ("The jacket is rated IPX4.", "Chamarra. Grado de protección contra el agua: IPX4."),
            ("The base weighs 3 kilos.", ""),
            ("The machine weighs 2 tons.", ""),
            ("Our mold has a 2 year warranty.", ""),
            ("The pallet weighs 20 kilos.", ""),
            ("This fabric weighs 300 grams.", ""),
            ("The red mug is 5 dollars.", ""),
            ("The small one is 5 dollars.", ""),
            ("The other mug is 5 dollars.", ""),
            ("Your mug weighs 500 grams.", ""),
            ("My phone weighs 200 grams.", ""),
            ("The competitor's mug is 5 dollars.", ""),
            ("The mug and the bowl are 5 dollars.", ""),
            (
                "The mug is 5 dollars and the MOQ for the bowl is 100 pieces.",
                "Taza. Precio: USD 5.00. Tazón. Pedido mínimo: 100 piezas.",
            ),
            ("The mug with the lid is 8 dollars.", ""),
            ("The mug in blue is 5 dollars.", ""),
            ("The mug is 5 dollars for members.", ""),
            ("The mug costs us 5 dollars.", ""),
            ("Is the mug 5 dollars?", ""),
            ("The mug was 5 dollars.", ""),
            ("The mug is not 5 dollars.", ""),
            ("Two mugs are 5 dollars.", ""),
            ("The second mug is 5 dollars.", ""),
            ("The supplier has 500 pieces in stock.", ""),
            ("No samples for this mug.", "No enviamos muestras. Taza:"),
            ("The mug is 10 percent off.", "Taza: 10\u{a0}% de descuento."),
            ("This power bank is 20000 milliamp hours.", "Batería portátil: 20,000 mAh."),
        ],
    );
}

#[test]
fn english_promises_keep_their_conditions() {
    all(
        "en",
        "es",
        &[
            // conditions and groups in the same clause
            ("At least 50 pieces per style.", ""),
            ("Your first order ships free.", ""),
            ("No mold fee on your first order.", ""),
            ("No samples for this model.", ""),
            ("Samples are free for trade fair visitors.", ""),
            ("Samples are free if you pay the freight.", ""),
            ("We accept PayPal for samples.", ""),
            (
                "T/T for orders above 1000 dollars.",
                "Para pedidos de más de USD 1,000.00: transferencia bancaria (T/T).",
            ),
            ("If it's in stock we ship within 3 days.", ""),
            ("Goods in stock ship within 3 days.", ""),
            ("Members get 10 percent off.", ""),
            ("10 percent off everything today.", ""),
            ("You get a free gift if you order now.", ""),
            ("Free logo from 1000 pieces.", "Impresión gratuita del logotipo a partir de 1,000 piezas."),
            ("The minimum is 100 pieces per color.", "Pedido mínimo por color: 100 piezas."),
            ("Free shipping on orders over 500 dollars.", "Envío gratuito en pedidos desde USD 500.00."),
            // a clause beside it takes it back
            ("You can mix colors, except purple.", ""),
            ("Free shipping, except to islands.", ""),
            ("Free shipping. Islands are extra.", ""),
            ("Free shipping. But not to islands.", ""),
            ("We accept wire transfer but not PayPal.", ""),
            ("CE certified, FDA is pending.", ""),
            ("One year warranty, not for the battery.", ""),
            ("It's dishwasher safe, the lid is not.", ""),
            (
                "Samples are free. You pay the freight.",
                "Las muestras son gratuitas. El envío corre por cuenta del comprador.",
            ),
            ("It's 10 dollars plus shipping.", "Precio: USD 10.00. El precio no incluye el envío."),
            // bounds and hedges
            ("Delivery takes at most 20 days.", "Plazo de entrega: hasta 20 días."),
            ("It ships in no more than 10 days.", ""),
            ("Up to 15 days for delivery.", ""),
            ("Maybe we can ship in 7 days.", ""),
            ("I can't promise 7 days.", ""),
            ("The noise is below 40 decibels.", "Nivel de ruido (dB): menos de 40."),
            // what the number is of
            ("It's $6 to $8 each.", ""),
            ("Between 5 and 8 dollars each.", ""),
            ("It's $90 for a set of six.", "Precio del juego de 6: USD 90.00."),
            ("200 pieces, 900 dollars.", ""),
            ("A pallet is $480, a box is $12.", ""),
            ("The gift box costs 2 dollars.", "Caja de regalo, precio por unidad: USD 2.00."),
            ("It's 60 dollars a dozen.", "Precio por docena: USD 60.00."),
            ("From 500 pieces on it's 4 dollars.", "Precio unitario a partir de 500 piezas: USD 4.00."),
            ("Below 100 pieces, 8 dollars each.", "Precio unitario por menos de 100 piezas: USD 8.00."),
            // variants and other subjects
            ("The silver ones, we have 600 in stock.", ""),
            ("In red, it's 5 dollars.", ""),
            ("White is in stock.", ""),
            ("We can make any color, but the minimum is 500.", ""),
            ("The capacity is 500 or 700 milliliters.", ""),
            ("It's 25 by 15.", ""),
            ("It's a 300 gram fleece.", ""),
            ("This machine weighs three tons.", ""),
            ("The workshop is 2000 square meters.", ""),
            ("The package is 20 by 15 centimeters.", ""),
            ("With the lid it's 15 dollars, without it 12.", ""),
            ("One year warranty on the motor.", "Garantía del motor: 1 año."),
            ("It weighs about two kilos.", "Peso: aprox. 2 kg."),
            // words of another line
            ("Wire transfer for bulk orders.", ""),
            ("We do OEM.", ""),
            ("We have a warehouse in Guangzhou.", ""),
            ("We go to trade fairs every year.", ""),
            ("It's high season now.", ""),
            ("Shipping depends on the weight.", ""),
            ("Order now and we ship today.", ""),
            ("Ready to ship.", ""),
            ("The leather comes from Italy.", ""),
            ("We support OEM and ODM.", "Aceptamos pedidos OEM y ODM."),
            ("It is high season so delivery takes longer.", "Es temporada alta y la entrega tarda más."),
            // ordinals, the chat, viewers
            ("Let's see, the second one is $10 off.", ""),
            ("The second piece is half off.", "La segunda pieza a mitad de precio."),
            ("Let's look at the second product.", "Veamos el producto n.º 2."),
            ("Type 2 if the picture is blurry.", ""),
            ("Click the link in the corner.", ""),
            ("Thank you Maria, I'll answer your question in a moment.", ""),
            ("Someone asks if there is a warranty.", ""),
            ("John says can you give a discount.", ""),
            ("Do you ship to Brazil? Yes, we do.", ""),
            ("If you want it, type one.", "Si lo quieren, escriban 1 en el chat."),
            // whole, and what may be left out
            ("It's not for kids under 8.", "No es para niños menores de 8 años."),
            ("Not for kids.", ""),
            (
                "The MOQ is 1000 pieces, colors can be mixed.",
                "Pedido mínimo: 1,000 piezas. Se pueden combinar colores en un mismo pedido.",
            ),
            ("As you can see, it is waterproof.", "Características: resistencia al agua."),
            ("The minimum order is 500 pieces. We love singing songs.", "Pedido mínimo: 500 piezas.…"),
        ],
    );
}
