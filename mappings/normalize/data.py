"""Facts the readers need: placeholders, divisions, legal forms, titles, mail domains, countries.

Long lists are in the ``*.txt`` files beside this module, one topic a file, ``#`` starts a comment.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final


def _words(file_name: str) -> tuple[str, ...]:
    lines = files("mappings.normalize").joinpath(file_name).read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines for word in line.partition("#")[0].split())


# --- placeholders, in folded form (see text.fold) ---------------------------------------------------------------------

PLACEHOLDERS: Final = frozenset(
    """
    无 暂无 没有 无此信息 无信息 无数据 无内容 不详 未知 未填 未填写 未提供 待补充 待定 待确认 待填 其他 其它 保密 同上 略
    空 空值 见附件 见备注 测试 作废 已作废 停用 已停用 重复 勿删 请勿使用 请勿删除 不使用 已删除 删除
    na nan nil null none unknown unspecified tbd tba test demo dummy asdf qwerty xx xxx abc deleted donotuse
    ref value div0 name num 0 1 00 暂缺 缺
    """.split()
) | {""}

PLACEHOLDERS_BY_FIELD: Final[dict[str, frozenset[str]]] = {
    "name": frozenset(
        """
        散户 零散客户 零售客户 一次性客户 现金客户 临时客户 个人 个人客户 客户 新客户 普通客户 默认客户 公司 有限公司 先生 女士 小姐
        某某 某公司 某某公司 匿名 收货人 联系人 经办人 负责人 本人 customer cashcustomer onetimecustomer walkin walkincustomer
        guest anonymous company mr ms mrs
        """.split()
    ),
    "phone": frozenset(
        """
        13800138000 13800000000 13812345678 13888888888 13000000000 13900000000 18888888888 18800000000 12345678 123456
        1234567 12345678901 13123456789 13412345678 13512345678 15012345678 18612345678 95588 95533 10086 10010 10000
        """.split()
    ),
    "email": frozenset(
        """
        noreply@company.com no@no.com none@none.com test@test.com 123@qq.com 1@1.com a@a.com a@b.com abc@abc.com
        email@example.com test@example.com 123@123.com 11@qq.com 123456@qq.com xxx@xxx.com null@null.com na@na.com
        """.split()
    ),
    "address": frozenset("中国 同注册地址 同上地址 地址不详 门店自提 自提 上门自提 无地址 china".split()),
}

# --- administrative divisions (GB/T 2260) -----------------------------------------------------------------------------

MINORITIES: Final = tuple(
    f"{people}族?"
    for people in """
    维吾尔 哈萨克 柯尔克孜 塔吉克 锡伯 达斡尔 鄂温克 鄂伦春 赫哲 蒙古 朝鲜 满 回 藏 壮 苗 瑶 侗 土家 布依 彝 傣 白 景颇 傈僳
    哈尼 拉祜 佤 纳西 独龙 怒 普米 布朗 黎 畲 羌 土 撒拉 保安 裕固 东乡 仡佬 水 毛南 仫佬 各
    """.split()
)

_CHANGED_SINCE_2021 = """
330113 临平区 330114 钱塘区 350404 三元区 350405 沙县区 350604 龙海区 350605 长泰区 410307 偃师区 410308 孟津区
431181 祁阳市 450181 横州市 513402 会理市 520581 黔西市 532302 禄丰市 540481 米林市 540581 错那市 610305 凤翔区
610981 旬阳市 654203 沙湾市 659011 新星市 659012 白杨市 320576 苏州工业园区 232761 加格达奇区 232762 松岭区 232763 新林区
232764 呼中区
""".split()

DIVISIONS_SINCE_2021: Final = dict(zip(_CHANGED_SINCE_2021[::2], _CHANGED_SINCE_2021[1::2], strict=True))
"""Divisions founded or renamed after the package's state: code → name."""

ABOLISHED_SINCE_2021: Final = frozenset(
    """
    330103 330104 350402 350403 350427 350625 350681 410306 410322 410381 431121 450127 513425 520522 532331 540422
    540530 610322 610928 654223
    """.split()
)

MAJOR_COUNTY_CITIES: Final = frozenset(
    """
    昆山 江阴 张家港 常熟 太仓 宜兴 启东 如皋 海门 泰兴 靖江 丹阳 溧阳 邳州 新沂 义乌 慈溪 余姚 诸暨 海宁 桐乡 乐清 瑞安 温岭 临海 东阳 永康 平湖 嵊州
    江山 晋江 石狮 南安 福清 胶州 龙口 莱州 招远 寿光 诸城 青州 高密 滕州 邹城 荣成 乳山 肥城 新泰 即墨 平度 莱西 章丘 普兰店 瓦房店 庄河 海城 巩义 新郑 新密
    登封 荥阳 禹州 长葛 济源 偃师 仙桃 潜江 天门 大冶 宜都 枝江 浏阳 醴陵 迁安 遵化 任丘 三河 霸州 辛集 定州 彭州 都江堰 石河子 库尔勒 满洲里 景洪 增城
    """.split()
)
"""County-level cities known without their province: in company names their short form is a region."""

# --- company names (folded) -------------------------------------------------------------------------------------------

LEGAL_FORMS: Final[dict[str, str]] = {
    "股份有限公司": "limited_by_shares",
    "股份有限责任公司": "limited_by_shares",
    "股份公司": "limited_by_shares",
    "有限责任公司": "limited",
    "责任有限公司": "limited",
    "有限责任有限公司": "limited",
    "责任有限责任公司": "limited",
    "有限公司": "limited",
    "责任公司": "limited",
    "总公司": "company",
    "公司": "company",
    "普通合伙企业": "partnership",
    "有限合伙企业": "partnership",
    "合伙企业": "partnership",
    "有限合伙": "partnership",
    "普通合伙": "partnership",
    "特殊普通合伙": "partnership",
    "个人独资企业": "sole_proprietorship",
    "个体工商户": "individual",
    "个体户": "individual",
    "农民专业合作社联合社": "cooperative",
    "农民专业合作社": "cooperative",
    "专业合作社": "cooperative",
    "株式会社": "kk",
    "有限会社": "yk",
    "合同会社": "gk",
    "주식회사": "kr_stock_company",
    "유한회사": "kr_limited",
}
"""Legal forms that are no part of the core: form → class."""

KEPT_FORMS: Final[dict[str, str]] = {
    "厂": "factory",
    "商行": "shop",
    "店": "shop",
    "行": "shop",
    "商店": "shop",
    "经营部": "individual",
    "门市部": "individual",
    "服务部": "individual",
    "合作社": "cooperative",
    "研究院": "institute",
    "研究所": "institute",
    "设计院": "institute",
    "中心": "center",
    "事务所": "firm",
    "医院": "hospital",
    "学校": "school",
    "学院": "school",
    "大学": "school",
    "中学": "school",
    "小学": "school",
    "幼儿园": "school",
    "委员会": "public_body",
    "管委会": "public_body",
    "局": "public_body",
    "政府": "public_body",
    "协会": "association",
    "学会": "association",
    "商会": "association",
    "基金会": "foundation",
    "银行": "bank",
    "信用社": "bank",
}
"""Words at the end that tell the kind of an organisation and stay part of its core."""

UNIT_KINDS: Final[dict[str, str]] = {
    "分公司": "branch",
    "支公司": "branch",
    "分行": "branch",
    "支行": "branch",
    "营业部": "branch",
    "营业厅": "branch",
    "营业室": "branch",
    "营业所": "branch",
    "营业网点": "branch",
    "分理处": "branch",
    "储蓄所": "branch",
    "分社": "branch",
    "分所": "branch",
    "分院": "branch",
    "分部": "branch",
    "分中心": "branch",
    "事业部": "branch",
    "项目部": "branch",
    "分厂": "plant",
    "工厂": "plant",
    "生产基地": "plant",
    "车间": "plant",
    "办事处": "office",
    "代表处": "office",
    "联络处": "office",
    "分店": "outlet",
    "门店": "outlet",
    "专卖店": "outlet",
    "旗舰店": "outlet",
    "店": "outlet",
    "门市部": "outlet",
    "经营部": "outlet",
    "厂": "plant",
    "工会委员会": "union",
    "工会": "union",
    "信托计划": "account",
    "资产管理计划": "account",
    "资管计划": "account",
    "质押专户": "account",
    "专户": "account",
    "专用账户": "account",
    "账户": "account",
    "托管户": "account",
    "投资基金": "account",
    "证券投资基金": "account",
    "企业年金计划": "account",
}
"""Words that end the part of a name after the legal form: unit → kind of unit."""

UNITS_WITHOUT_COMPANY: Final = (
    "分公司 支公司 分行 支行 营业部 分理处 储蓄所 办事处 代表处 分社 分店 分厂 工会委员会 工会 质押专户 信托计划 资产管理计划"
).split()
"""Units also recognised where the company's legal form is missing."""

UNIT_NUMBERED: Final = r"第?[一二三四五六七八九十\d]+"
INDUSTRY_WORDS: Final = frozenset(_words("industry_words.txt"))

FOREIGN_FORMS: Final[dict[str, str]] = {
    "limited": "ltd",
    "ltd": "ltd",
    "co ltd": "ltd",
    "coltd": "ltd",
    "company limited": "ltd",
    "co limited": "ltd",
    "corp ltd": "ltd",
    "co inc": "inc",
    "pte ltd": "ltd",
    "pte limited": "ltd",
    "pvt ltd": "ltd",
    "private limited": "ltd",
    "pty ltd": "ltd",
    "sdn bhd": "sdn_bhd",
    "bhd": "bhd",
    "public company limited": "plc",
    "plc": "plc",
    "inc": "inc",
    "incorporated": "inc",
    "corp": "inc",
    "corporation": "inc",
    "co": "company",
    "company": "company",
    "llc": "llc",
    "l l c": "llc",
    "llp": "llp",
    "lp": "lp",
    "gmbh": "gmbh",
    "gmbh co kg": "kg",
    "gmbh co kgaa": "kg",
    "mbh": "gmbh",
    "ug": "gmbh",
    "ag": "ag",
    "kg": "kg",
    "ohg": "ohg",
    "se": "se",
    "sa": "sa",
    "s a": "sa",
    "sas": "sas",
    "s a s": "sas",
    "sarl": "sarl",
    "s a r l": "sarl",
    "sa de cv": "sa",
    "s a de c v": "sa",
    "sl": "sarl",
    "slu": "sarl",
    "ltda": "sarl",
    "lda": "sarl",
    "srl": "sarl",
    "s r l": "sarl",
    "spa": "sa",
    "s p a": "sa",
    "bv": "bv",
    "b v": "bv",
    "nv": "nv",
    "n v": "nv",
    "oy": "oy",
    "oyj": "oy",
    "ab": "ab",
    "as": "as",
    "a s": "as",
    "asa": "as",
    "aps": "aps",
    "kk": "kk",
    "k k": "kk",
    "kabushiki kaisha": "kk",
    "godo kaisha": "gk",
    "jsc": "jsc",
    "ojsc": "jsc",
    "pjsc": "jsc",
    "tbk": "tbk",
    "kft": "kft",
    "zrt": "zrt",
    "sp z o o": "sp_zoo",
    "spolka z o o": "sp_zoo",
    "s r o": "sro",
    "sro": "sro",
    "doo": "doo",
    "d o o": "doo",
    "ооо": "ooo",
    "оао": "oao",
    "зао": "zao",
    "ао": "ao",
    "пао": "pao",
}
FOREIGN_FORMS_IN_FRONT: Final[dict[str, str]] = {"pt": "pt", "ооо": "ooo", "оао": "oao", "зао": "zao", "ао": "ao", "пао": "pao"}
GROUP_WORDS: Final = frozenset("group groupe gruppe holding holdings".split())
ENGLISH_INDUSTRY_WORDS: Final = frozenset(
    """
    technology technologies tech science electronics electronic electric electrical machinery machine mechanical equipment
    industry industries industrial trade trading import export international development investment manufacturing
    manufacture precision instrument instruments automation software information network communication communications
    energy power material materials chemical chemicals plastic plastics rubber metal metals steel textile garment food foods
    logistics transportation construction engineering design consulting management services service media culture medical
    pharmaceutical pharmaceuticals bio biotech biotechnology auto automotive parts components hardware optical optoelectronics
    semiconductor solutions systems system products and
    """.split()
)
ENTERPRISE_WORDS: Final = ("公司", "集团", "企业", "合伙", "事务所", "合作社", "商行", "经营部", "门市部", "医院", "学校", "大学", "学院",
    "银行", "中心", "工厂", "办事处", "委员会", "协会", "酒店", "超市", "科技", "贸易", "机械", "电子", "实业", "工业", "部门", "客户", "仓库")  # fmt: skip
"""A text with one of these is no person's name."""

# --- persons ----------------------------------------------------------------------------------------------------------

SURNAMES: Final = _words("surnames.txt")
"""Family names, the most frequent first."""
SURNAME_RANK: Final = {surname: rank for rank, surname in reversed(tuple(enumerate(SURNAMES)))}
SURNAME_READINGS: Final = dict(
    pair.split(":")
    for pair in """
    曾:zeng 仇:qiu 解:xie 单:shan 区:ou 查:zha 任:ren 盖:ge 朴:piao 华:hua 纪:ji 尉迟:yuchi 万俟:moqi 澹台:tantai 缪:miao
    翟:zhai 覃:qin 冼:xian 乐:yue 种:chong 员:yun 黑:he 召:shao 折:she 繁:po 秘:bi 宓:fu 逄:pang 长孙:zhangsun 令狐:linghu
    """.split()
)
TITLES: Final = tuple(
    """
    董事长 副董事长 总经理 副总经理 副总裁 总裁 总监 总工 总工程师 工程师 经理 副经理 副总 厂长 副厂长 老板 老板娘 主任 副主任 主管 科长 处长 局长
    部长 院长 校长 所长 店长 站长 书记 秘书 助理 会计 出纳 财务 采购 采购员 销售 业务员 业务 客服 前台 司机 仓管 老师 师傅 教授 博士 医生 律师
    先生 女士 小姐 太太 夫人 同志 董 总 工 姐 哥 姨 叔
    """.split()
)
DEPARTMENT_PREFIXES: Final = tuple("财务部 采购部 销售部 市场部 技术部 财务 采购 销售 业务 前台 仓库 收货人 联系人 经办人 法人".split())
LATIN_TITLES: Final = frozenset("mr mrs ms miss mx dr prof herr frau monsieur madame sir madam".split())

# --- telephone and mail -----------------------------------------------------------------------------------------------

AREA_CODE_LINES: Final = tuple(
    line.split() for line in files("mappings.normalize").joinpath("area_codes.txt").read_text("utf-8").splitlines() if line
)
FREE_MAIL_DOMAINS: Final = frozenset(_words("free_mail_domains.txt"))
ROLE_MAILBOXES: Final = frozenset(
    """
    info sales sale purchase purchasing procurement buyer service services support contact contactus admin administrator
    office hr job jobs career careers marketing market finance account accounts accounting invoice billing order orders
    webmaster postmaster hostmaster noreply no-reply help helpdesk export import trade business enquiry inquiry mail reception
    legal press media it tech technical quality customer customerservice kefu caigou xiaoshou caiwu
    """.split()
)

# --- countries (folded words in addresses → ISO 3166 alpha-2) -----------------------------------------------------------

COUNTRY_WORDS: Final[dict[str, str]] = dict(
    pair.rsplit(":", 1)
    for pair in """
    中国:CN|中华人民共和国:CN|china:CN|pr china:CN|p r china:CN|peoples republic of china:CN|香港:HK|hong kong:HK|hongkong:HK|hong kong sar:HK|
    澳门:MO|macau:MO|macao:MO|台湾:TW|taiwan:TW|usa:US|u s a:US|united states:US|united states of america:US|美国:US|
    germany:DE|deutschland:DE|德国:DE|france:FR|法国:FR|united kingdom:GB|uk:GB|great britain:GB|england:GB|英国:GB|italy:IT|italia:IT|
    意大利:IT|spain:ES|españa:ES|西班牙:ES|netherlands:NL|the netherlands:NL|荷兰:NL|belgium:BE|比利时:BE|switzerland:CH|schweiz:CH|瑞士:CH|
    austria:AT|österreich:AT|奥地利:AT|poland:PL|polska:PL|波兰:PL|sweden:SE|瑞典:SE|norway:NO|挪威:NO|denmark:DK|丹麦:DK|finland:FI|芬兰:FI|
    czech republic:CZ|czechia:CZ|捷克:CZ|hungary:HU|匈牙利:HU|portugal:PT|葡萄牙:PT|ireland:IE|爱尔兰:IE|russia:RU|俄罗斯:RU|turkey:TR|
    türkiye:TR|土耳其:TR|japan:JP|日本:JP|日本国:JP|korea:KR|south korea:KR|republic of korea:KR|韩国:KR|singapore:SG|新加坡:SG|malaysia:MY|马来西亚:MY|
    thailand:TH|泰国:TH|vietnam:VN|viet nam:VN|越南:VN|indonesia:ID|印度尼西亚:ID|印尼:ID|philippines:PH|菲律宾:PH|india:IN|印度:IN|
    australia:AU|澳大利亚:AU|澳洲:AU|new zealand:NZ|新西兰:NZ|canada:CA|加拿大:CA|mexico:MX|méxico:MX|墨西哥:MX|brazil:BR|brasil:BR|巴西:BR|
    south africa:ZA|南非:ZA|united arab emirates:AE|uae:AE|阿联酋:AE|saudi arabia:SA|沙特阿拉伯:SA|沙特:SA|israel:IL|以色列:IL
    """.replace("\n", "").replace("    ", "").split("|")
    if pair
)
