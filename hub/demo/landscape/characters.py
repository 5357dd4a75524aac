"""Chinese characters that are mistaken for each other: same sound, similar shape, traditional form; and their pinyin.

Homophones are pypinyin's readings inverted over the 3,755 common characters of GB 2312 level 1. The groups of similar
shape are our own list. Traditional forms come from OpenCC.
"""

from __future__ import annotations

from functools import cache, lru_cache
from random import Random

from opencc import OpenCC
from pypinyin import lazy_pinyin

_SIMILAR_SHAPE = """
己已巳 土士 未末 日曰 侍待 晴睛清 沐沭 金全 天夫 大太 丰半 永水 华毕 兴头 恒桓 泰秦 盛盘 昌冒 隆窿 宏宠 康庚
瑞端 利刹 旺汪 福副 顺须 科料 技枝 电申甲由 机杌 械诫 贸贺 限根 司可 实买 诚城 信倍 达迭 通诵 远运 飞气 亚业
凯剀 鑫淼 森林 博搏 佳住 美关 润闰 源原 海诲 洋样 波披 江汪 河何 荷菏 湖溯 汉汊 沪泸 泸沪 宁宇 安妥 宜宣 定宝
宝玉 王玉 主王 正止 元无 光尤 先光 兆北 冠寇 军宇 创刨 到倒 劲动 勤勒 升开 卓早 南楠 原厚 友发 双权 成戍 戊戌戍
兰三 云去 五丑 京哀 亨享 人入 仁仕 代伐 令今 优伏 伟纬 佰伯 俊俟 倩清 健建键 力九 刀刁 千干 午牛 华桦 卫工 印卯
厂广 历厉 友反 古占 召名 台合 吉古 同词 向问 启后 呈星 和知 品晶 哈啥 唐庚 商啇 善普 嘉喜 国围 圆园 圣怪 坤坪
垦恳 埔浦 城域 塑朔 墨黑 夏复 多名 奇夸 奥粤 妙纱 威成 孚浮 孟盂 宾宦 容客 富幅 寿春 尚向 展屈 山出 岩岸 峰锋蜂
崇祟 川州 巨臣 巴巳 帆忛 常堂 平乎 广厂 庆厌 延廷 建健 弘宏 强疆 彩形 徐除 德得 志忐 思恩 恒垣 悦锐 惠慧 意薏
成咸 戈弋 扬杨 拓拆 振震 捷睫 摩磨 攀樊 新析 方万 旅族 昊吴 明朋 易昜 星皇 春舂 晋普 晟晨 晨展 景影 智知 曙署
月日 朗郎 木本 本木 杰木 杭抗 松枞 板扳 构沟 柏拍 标村 格洛 桂挂 桥轿 械槭 欣掀 欧殴 毅敦 民氏 汇江 汽气 沃跃
油抽 治冶 泉皂 泽译 洁浩 涛祷 淳谆 深探 渤勃 湘相 滨宾 潮湖 澳奥 炬矩 炼练 烁铄 焊捍 燃然 爱受 环坏 玖玫 珠株
瑜喻 璃漓 瓷资 生主 用甩 申由 盈盎 盟萌 硕顾 祥详 禾木 科枓 秋秒 程呈 穗惠 立文 竞竟 管菅 箱籍 粮梁 精情 紫柴
纺访 纸低 纽扭 织识 经径 维难 绿录 美羡 翔祥 耀跃 联聘 胜性 能熊 腾滕 舟丹 良食 艺亿 芯苾 苏办 英央 茂芪 药约
荣茱 莱菜 菱凌 营莹 蓝篮 虎虚 行衍 装袋 西酉 誉举 谊宜 谷合 豪毫 贝见 贵责 赛塞 超起 越赵 路跆 轩杆 轮抢 达迖
迅讯 进近 邦郑 郎朗 都郡 配酉 里单 钢铜 银很 铝铅 锦绵 长张 门们 阀伐 阳旧 陆际 隆降 雄稚 雅稚 零雷 震霞 青清
静睁 顶项 颖倾 风凤 食良 饰饮 香杏 马鸟 驰弛 骏俊 高亮 魏巍 鲁鱼 鹏鸥 鹰膺 麦表 黎梨 龙尤
"""


@cache
def same_sound() -> dict[str, tuple[str, ...]]:
    """Common characters by character, of the same pinyin without tone (the character itself left out)."""
    by_sound: dict[str, list[str]] = {}
    for character in _level_one():
        by_sound.setdefault(pinyin(character), []).append(character)
    return {c: tuple(o for o in group if o != c) for group in by_sound.values() for c in group if len(group) > 1}


@cache
def similar_shape() -> dict[str, tuple[str, ...]]:
    """Characters easily misread or mistyped for a character."""
    result: dict[str, set[str]] = {}
    for group in _SIMILAR_SHAPE.split():
        for character in group:
            result.setdefault(character, set()).update(set(group) - {character})
    return {character: tuple(sorted(others)) for character, others in result.items() if others}


@lru_cache(maxsize=20_000)
def pinyin(text: str) -> str:
    """Write Chinese in pinyin without tones and spaces; other text stays.

    >>> pinyin("恒瑞")
    'hengrui'
    """
    return "".join(lazy_pinyin(text))


def spell(text: str) -> str:
    """Write Chinese in pinyin character by character: quick, and right enough for names that no dictionary knows.

    >>> spell("恒瑞")
    'hengrui'
    """
    return "".join(map(pinyin, text))


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str) -> str:
    """Write simplified Chinese in traditional characters.

    >>> traditional("恒达贸易")
    '恆達貿易'
    """
    return str(_converter().convert(text))


def replace_one(rng: Random, text: str, others: dict[str, tuple[str, ...]], start: int, end: int) -> str:
    """Replace one character of ``text[start:end]`` by one mistaken for it; give the text unchanged if none can be."""
    places = [i for i in range(start, end) if text[i] in others]
    if not places:
        return text
    place = rng.choice(places)
    return text[:place] + rng.choice(others[text[place]]) + text[place + 1 :]


def _level_one() -> list[str]:
    rows = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return [row.decode("gb2312") for row in rows if row < b"\xd7\xfa"]
