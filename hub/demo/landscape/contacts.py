"""People and the ways to reach a customer: invented names, phone numbers of the right area, e-mail addresses."""

from __future__ import annotations

from random import Random

from hub.demo.landscape.characters import spell
from hub.demo.landscape.tables import words

# frequent surnames, the most frequent first; drawn with falling weights
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
    "谭陆范汪廖石金韦贾夏付方邹熊孟秦邱侯江尹薛阎段雷龙史陶贺顾毛郝龚邵万覃武钱戴严莫孔向常汤"
)
_DOUBLE_SURNAMES = words("欧阳 上官 司马 诸葛 尉迟 东方 皇甫 慕容")
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红鹏飞鑫波斌莉宇浩凯健俊帆雪宁琳玲婷慧巧美菲轩博文昊天志国"
    "建海云峰庆林晓春秋冬梅兰竹菊欣怡佳嘉瑞思雨子涵梓萱一诺东南北"
)
_MOBILE_PREFIXES = words(
    "130 131 132 133 135 136 137 138 139 150 151 152 153 156 157 158 159 166 170 176 177 178 180 181 182 183 185 "
    "186 187 188 189 191 198 199"
)
_FREE_MAIL = words("qq.com 163.com 126.com sina.com foxmail.com aliyun.com 139.com hotmail.com")
_ROLES = words("info sales purchase office admin service caigou")
_WEAK_NUMBERS = {"13800000000", "13800138000", "13888888888", "13000000000", "18888888888", "13812345678"}
_EIGHT_DIGITS = frozenset(
    words(
        "010 020 021 022 023 024 025 027 028 029 0311 0371 0379 0411 0431 0451 0510 0511 0512 0513 0514 0515 0516 0517 "
        "0518 0519 0523 0527 0531 0532 0551 0571 0573 0574 0575 0576 0577 0579 0591 0595 0731 0755 0757 0760 0769 0791 "
        "0871 0898"
    )
)


def some_person(rng: Random) -> str:
    """Draw an invented person: surname by frequency, one or two given-name characters."""
    if rng.random() < 0.01:
        surname = rng.choice(_DOUBLE_SURNAMES)
    else:
        surname = _SURNAMES[min(int(rng.expovariate(0.07)), len(_SURNAMES) - 1)]
    return surname + "".join(rng.choices(_GIVEN, k=1 if rng.random() < 0.22 else 2))


def surname(person: str) -> str:
    """Give the surname of a Chinese name.

    >>> surname("王伟"), surname("欧阳静")
    ('王', '欧阳')
    """
    return person[:2] if person[:2] in _DOUBLE_SURNAMES else person[:1]


def some_mobile(rng: Random) -> str:
    """Draw a mobile number, 11 digits, none of the well-known placeholders."""
    while True:
        number = rng.choice(_MOBILE_PREFIXES) + f"{rng.randrange(10**8):08d}"
        if number not in _WEAK_NUMBERS:
            return number


def some_landline(rng: Random, area_code: str) -> str:
    """Draw a landline number ``0755-26988431``; seven digits where the area has not been extended to eight."""
    digits = 8 if area_code in _EIGHT_DIGITS else 7
    return f"{area_code}-{rng.randint(2, 8)}{rng.randrange(10 ** (digits - 1)):0{digits - 1}d}"


def company_domain(rng: Random, trade: str, industry: str) -> str:
    """Make a company's mail domain out of the pinyin of its trade name."""
    initials = "".join(spell(c)[:1] for c in industry[:2])
    stem = spell(trade) + rng.choice(("", "", initials, f"-{initials}", "group"))
    return f"{stem}.{rng.choice(('com', 'com', 'com', 'cn', 'com.cn', 'net'))}"


def some_email(rng: Random, domain: str, person: str) -> str:
    """Draw an address: on the company's domain, or free mail where ``domain`` is empty."""
    family = spell(surname(person))
    given = spell(person[len(surname(person)) :])
    if domain:
        local = rng.choice((f"{given}.{family}", f"{family}{given}", f"{given[:1]}{family}", rng.choice(_ROLES)))
        return f"{local}@{domain}"
    free = rng.choice(_FREE_MAIL)
    if free == "qq.com":
        return f"{rng.randint(10**7, 3 * 10**9)}@qq.com"
    return f"{family}{given}{rng.randint(1, 9999)}@{free}"
