//! Names of products as Mandarin hosts say them.

use super::super::atoms::{Token, Weight};
use super::super::doubt::Doubt;
use super::super::lattice::{Fill, Lattice};
use super::super::rest::Rest;
use super::{Found, are_goods, unbroken};

/// Syllables of a name.
const LONGEST: usize = 7;
/// Of one that is not known to be sold.
const LONGEST_UNKNOWN: usize = 4;

/// What stands between 这 and the noun.
const MEASURES: &str = "款个把件条台只张双套辆块顶盏瓶本支根副床口部种批枚幅串盆面";
/// What is sold, by its last syllables.
#[rustfmt::skip] // a list, read by kinds
const SOLD: &[&str] = &[
    // kitchen
    "锅", "壶", "杯", "杯子", "碗", "盘子", "碟", "勺", "勺子", "筷子", "叉子", "菜刀", "刀具", "餐具", "茶具", "酒具", "砧板", "菜板", "削皮器", "开瓶器", "打蛋器", "饭盒", "便当盒",
    "餐盒", "保鲜盒", "保温桶", "榨汁机", "咖啡机", "面包机", "豆浆机", "破壁机", "绞肉机", "料理机", "空气炸锅", "电饭煲", "煲", "炉", "奶瓶", "吸管", "水瓶", "保温瓶", "暖壶", "调料罐", "密封罐",
    // light and house
    "灯", "手电筒", "手电", "椅", "椅子", "凳", "凳子", "桌", "桌子", "床", "沙发", "茶几", "衣柜", "鞋柜", "床头柜", "书柜", "伞", "雨伞", "毯", "毯子", "被子", "棉被", "羽绒被", "夏凉被", "枕头", "抱枕",
    "乳胶枕", "颈枕", "坐垫", "床垫", "瑜伽垫", "地垫", "脚垫", "餐垫", "杯垫", "鼠标垫", "靠垫", "窗帘", "浴帘", "门帘", "床单", "被套", "枕套", "四件套", "蚊帐", "桌布", "毛巾", "浴巾", "方巾", "抹布",
    "收纳箱", "收纳盒", "收纳袋", "整理箱", "储物箱", "垃圾桶", "水桶", "拖把", "扫把", "扫帚", "刷子", "衣架", "晾衣架", "鞋架", "书架", "置物架", "花架", "货架", "梯子", "花瓶", "花盆", "相框", "挂画", "装饰画", "蜡烛",
    "香薰", "烛台", "时钟", "闹钟", "挂钟", "镜子", "风扇", "电扇", "空调", "取暖器", "加湿器", "净化器", "净水器", "除湿机", "吸尘器", "暖风机", "冷风机", "热水器", "冰箱", "电熨斗", "水龙头", "龙头", "花洒",
    "浴缸", "马桶", "瓷砖", "地板", "墙纸", "壁纸", "门锁", "密码锁", "指纹锁", "挂锁",
    // wear
    "毛衣", "卫衣", "大衣", "内衣", "睡衣", "雨衣", "风衣", "上衣", "羽绒服", "衬衫", "T恤", "恤衫", "外套", "夹克", "马甲", "裙", "裙子", "裤", "裤子", "鞋", "鞋子", "靴", "靴子", "袜", "袜子", "帽", "帽子", "手套", "围巾",
    "围裙", "领带", "皮带", "腰带", "丝巾", "头巾", "泳衣", "背包", "双肩包", "书包", "钱包", "手提包", "挎包", "腰包", "旅行包", "化妆包", "电脑包", "妈咪包", "斜挎包", "单肩包", "胸包", "卡包", "公文包", "帆布包", "皮包",
    "行李箱", "拉杆箱", "旅行箱", "登机箱", "工具箱", "保温箱", "保温袋", "购物袋", "手提袋", "项链", "耳环", "耳钉", "戒指", "手链", "胸针", "眼镜", "太阳镜", "墨镜", "手表", "手环", "发箍", "发夹", "假发",
    // devices
    "耳机", "音箱", "音响", "充电宝", "充电器", "数据线", "手机壳", "手机支架", "摄像头", "记录仪", "路由器", "键盘", "鼠标", "平板", "电脑", "显示器", "投影仪", "U盘", "插座", "插线板", "插排", "转换器", "电视", "无人机",
    "吹风机", "剃须刀", "卷发棒", "直发器", "牙刷", "按摩枪", "按摩仪", "按摩椅", "血压计", "体温计", "体温枪", "秤", "打印机", "封口机", "电钻", "螺丝刀", "扳手", "钳子", "锤子", "卷尺", "打气泵", "千斤顶",
    "电动车", "自行车", "滑板车", "平衡车", "三轮车", "童车", "婴儿车", "推车", "轮椅", "拐杖", "头盔", "安全座椅", "餐椅",
    // play, sport, care
    "玩具", "积木", "拼图", "公仔", "娃娃", "遥控车", "滑板", "跳绳", "哑铃", "足球", "篮球", "球拍", "鱼竿", "护膝", "护腰", "帐篷", "睡袋", "吊床", "天幕", "气球", "扑克牌", "水枪", "口红", "面膜", "面霜", "洗发水", "沐浴露", "香水",
    "护手霜", "防晒霜", "牙膏", "肥皂", "香皂", "洗手液", "洗衣液", "化妆刷", "梳子", "口罩", "笔记本", "圆珠笔", "铅笔", "钢笔", "贴纸", "文件夹", "打火机", "钥匙扣", "冰箱贴", "徽章", "猫砂", "狗窝", "猫窝", "牵引绳", "茶叶",
    "咖啡", "饼干", "糖果", "坚果", "蜂蜜", "零食", "轮胎", "雨刮器", "座套", "暖手宝", "电热毯", "胶带", "湿巾", "纸巾",
];
/// What is sold, of one syllable, behind 这个 only.
const SHORT: &str = "包笔车刀球表琴书花酒";
/// Not the whole product, not a product, or not this one, by how they end.
#[rustfmt::skip] // a list, read by kinds
const NEVER: &[&str] = &[
    // parts
    "盖", "柄", "底", "底座", "座", "身", "壳", "胆", "轮", "轮子", "杆", "头", "扣", "绳", "带", "带子", "边", "里", "面", "芯", "片", "膜", "层", "板", "管", "口", "嘴", "圈", "针", "轴", "齿", "拉链", "链", "链条", "螺丝", "弹簧",
    "扶手", "靠背", "跟", "领", "领子", "袖", "袖子", "兜", "口袋", "镜框", "灯罩", "罩", "线", "插头", "屏", "屏幕", "按钮", "按键", "开关", "接口", "遥控器", "说明书", "电机", "马达", "电池", "喇叭", "衬", "填充", "填充物", "抽屉",
    "门", "锁", "合页", "轴承", "支架", "架子", "骨架", "骨", "布", "料", "皮", "木头", "玻璃", "钢", "塑料", "涂层", "内衬", "棉", "绒", "泵", "阀", "腿", "脚", "角", "孔", "网", "贴", "标", "标签",
    // packages, amounts, variants
    "箱", "箱子", "盒", "盒子", "袋", "袋子", "柜", "柜子", "托盘", "包装", "套装", "套", "组合", "礼盒", "颜色", "色", "尺寸", "尺码", "码", "号", "款式", "款", "型号", "样式", "版", "版本", "规格", "重量", "容量", "功率",
    // price, order, time, place, people
    "价格", "价", "单价", "费", "钱", "数量", "量", "样", "样品", "活动", "优惠", "折扣", "订单", "单子", "单", "货", "货物", "批", "时间", "期", "交期", "客户", "老板", "朋友", "同事", "师傅", "工人", "员工", "人", "工厂", "厂", "公司", "店",
    "仓库", "市场", "国家", "地方", "地区", "城市", "车间", "房间", "直播间", "机器", "机", "设备", "模具", "模", "线路", "产线", "团队", "部门", "平台", "快递", "物流", "运费", "港", "港口", "海关", "月", "年", "天", "日", "周",
    "时候", "链接", "问题", "证书", "认证", "报告", "视频", "照片", "图", "图片", "服务", "售后", "质量", "品质", "工艺", "技术", "设计", "功能", "效果", "系统", "软件", "事", "事情", "情况", "意思", "东西", "行业", "品牌", "牌子", "噪音",
    "温度", "速度", "寿命", "保修", "质保", "标准", "等级", "比例", "部分", "位置", "方式", "方法", "条件", "政策", "起订", "定制", "专利", "赠品", "礼品", "配件", "零件",
];
/// In a name these make it one of several, somebody else's, or a sentence.
#[rustfmt::skip] // a list, read by rows
const TELLS_APART: &[&str] = &[
    "大号", "小号", "中号", "加大", "别", "另", "其他", "新款", "老款", "旧", "同行", "客", "竞", "每", "各", "你", "我", "他", "她", "谁", "哪", "什么", "样品", "赠", "送", "包装", "配套", "备用", "买", "卖", "付", "收", "寄", "退", "换", "如果", "要是",
    "因为", "所以", "而且", "或者", "还是", "跟", "和", "比", "从", "到", "在", "有", "是", "要", "说", "看", "问", "想", "让", "把", "被", "给", "对", "只", "就", "才", "也", "都", "很", "太", "最", "更", "真", "半", "几", "第", "成品", "模具", "机台", "生产", "工厂",
];
/// Before a noun that nothing points at these are verbs.
const VERBS: &str = "买卖送发拿用配带装包印做打换退加下满付收赠放开洗穿戴拍点看来去";
/// Of which these are none.
const NO_VERBS: &[&str] = &[
    "打火机",
    "发箍",
    "发夹",
    "洗发水",
    "洗手液",
    "洗衣液",
    "打蛋器",
    "打印机",
    "打气泵",
    "开瓶器",
    "装饰画",
    "收纳",
    "手",
];

/// The name that ends before the place, fillers and a 的 between them, or stands before a pause as a topic.
pub(super) fn name_before(lattice: &Lattice, at: usize) -> Option<Found> {
    let filler = |at: usize| {
        lattice.atoms.get(at).is_some_and(|atom| matches!(atom.weight, Weight::Filler | Weight::Light))
    };
    let broken = |at: usize| lattice.atoms.get(at).is_none_or(|atom| atom.after_break);
    let mut end = at;
    let mut pauses = usize::from(at > 0 && broken(at));
    while end > 0 && filler(end - 1) {
        end -= 1;
        pauses += usize::from(end > 0 && broken(end));
    }
    if end == 0 || pauses > 1 {
        return None;
    }
    let mut first = end;
    while first > 0
        && end - first <= LONGEST
        && belongs(lattice, first - 1)
        && (first == end || !broken(first))
    {
        first -= 1;
    }
    let (pointer, noun) = pointer(lattice, first, end);
    let text = written(lattice, noun, end);
    let sure = (SOLD.iter().any(|sold| text.ends_with(sold)) || are_goods(lattice, end))
        && !TELLS_APART.iter().any(|other| text.contains(other));
    let length = end - noun;
    let fits = match pointer {
        Some(_) if length == 1 && SHORT.contains(text.as_str()) => true,
        Some(_) => length <= LONGEST && (sure || is_unknown(lattice, &text, noun, end)),
        // Nothing points at it, so it must be all that stands before the clause.
        None => {
            let verb = text.starts_with(|ch| VERBS.contains(ch))
                && !NO_VERBS.iter().any(|own| text.starts_with(own));
            sure && !verb && length <= LONGEST && length > 1 && lattice.alone(noun, end).0 && pauses == 0
        }
    };
    let start = pointer.unwrap_or(noun);
    let own = length > 0
        && fits
        && !is_variant(lattice, &text, noun, end)
        && !is_yours(lattice, start)
        && unbroken(&lattice.atoms, start..end);
    let alone = pauses == 0 || (lattice.alone(start, end).0 && sure);
    (own && alone).then_some(Found { range: start..at, noun: noun..end, sure })
}

/// Where 这款 or 我们的 begins, if it stands before the noun, and where the noun does.
fn pointer(lattice: &Lattice, first: usize, end: usize) -> (Option<usize>, usize) {
    let is = |at: Option<usize>, wanted: &str| {
        at.and_then(|at| syllable(lattice, at)).is_some_and(|ch| wanted.contains(ch))
    };
    let before = |back: usize| first.checked_sub(back);
    if is(before(1), "这") && is(Some(first), MEASURES) && end - first > 1 {
        return (before(1), first + 1);
    }
    if is(before(2), "这") && is(before(1), MEASURES) {
        return (before(2), first);
    }
    let ours = |back: usize| is(before(back), "们家") && is(before(back + 1), "我咱");
    if is(before(1), "的") && ours(2) {
        return (before(3), first);
    }
    if ours(1) {
        return (before(2), first);
    }
    (None, first)
}

/// May it be a syllable of a name?
fn belongs(lattice: &Lattice, at: usize) -> bool {
    let number = lattice.firm.get(at).copied().flatten().is_some();
    !number
        && lattice.atoms.get(at).is_some_and(|atom| {
            // 地毯, 被套: what is grammar elsewhere.
            let heavy = matches!(atom.weight, Weight::Content | Weight::Critical)
                || matches!(atom.token, Token::Syllable('地' | '被', _));
            heavy && !atom.negation && !atom.asks && atom.doubt == Doubt::None && atom.rest != Rest::Turns
        })
}

/// 你们的 before it.
fn is_yours(lattice: &Lattice, start: usize) -> bool {
    let clause =
        (0..start).rev().take_while(|at| lattice.atoms.get(at + 1).is_some_and(|next| !next.after_break));
    clause.into_iter().any(|at| matches!(syllable(lattice, at), Some('你' | '您' | '他' | '她')))
}

/// A noun of which nothing is known but that it is no part, package, person or the like.
fn is_unknown(lattice: &Lattice, text: &str, noun: usize, end: usize) -> bool {
    let plain = lattice
        .atoms
        .get(noun..end)
        .unwrap_or(&[])
        .iter()
        .all(|atom| atom.weight == Weight::Content && atom.rest == Rest::Plain);
    let thing = lattice.edges.iter().any(|edge| edge.is_thing() && edge.start < end && noun < edge.end);
    let told_apart = TELLS_APART.iter().any(|other| text.contains(other));
    let never = NEVER.iter().any(|never| text.ends_with(never));
    plain && !thing && !told_apart && !never && (2..=LONGEST_UNKNOWN).contains(&(end - noun))
}

/// A colour or a size in it, or 大, 小, 新, 老 at its beginning, make it one of several.
fn is_variant(lattice: &Lattice, text: &str, noun: usize, end: usize) -> bool {
    let coloured = lattice.edges.iter().any(|edge| {
        let variant =
            |key: &String| ["color.", "apparel.", "place."].iter().any(|class| key.starts_with(class));
        let own = matches!(&edge.fill, Fill::Terms(keys) if keys.iter().any(variant));
        own && edge.start < end && noun < edge.end && edge.cost < 0.01
    });
    let sized = text.starts_with(|ch| "大小新旧老".contains(ch));
    let names = ["大衣", "小夜灯", "小风扇", "小音箱", "小家电"];
    coloured || (sized && !names.iter().any(|name| text.ends_with(name)))
}

fn syllable(lattice: &Lattice, at: usize) -> Option<char> {
    match lattice.atoms.get(at).map(|atom| &atom.token) {
        Some(Token::Syllable(ch, _)) => Some(*ch),
        _ => None,
    }
}

fn written(lattice: &Lattice, start: usize, end: usize) -> String {
    (start..end).filter_map(|at| syllable(lattice, at)).collect::<String>().to_uppercase()
}
