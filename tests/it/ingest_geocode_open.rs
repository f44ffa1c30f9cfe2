//! Texts that name other places than where they are: streets, roads, two provinces, districts, the wrong province.

#![allow(clippy::unwrap_used)]

use corridor::inputs::geocode::{Geocoder, Placement, UserPlaces};
use corridor::records::{Iso3, Precision};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static GEOCODER: LazyLock<Geocoder> = LazyLock::new(|| {
    let wanted: BTreeSet<Iso3> =
        ["AFG", "PAK", "IRN", "UZB", "TJK", "TKM", "KGZ", "KAZ", "AZE", "COL", "ECU", "ITA", "UKR", "ESP", "RUS"]
            .map(|iso3| iso3.parse().unwrap())
            .into();
    Geocoder::new(&wanted, UserPlaces::default()).unwrap()
});

fn place(iso3: &str, division: &str, text: &str) -> Placement {
    GEOCODER.place(iso3.parse().unwrap(), division, text)
}

/// Country, division, text, province; an empty province is an open text.
fn all_lie_in(texts: &[(&str, &str, &str, &str)]) {
    let wrong: Vec<String> = texts
        .iter()
        .filter_map(|(iso3, division, text, adm1)| {
            let placed = place(iso3, division, text);
            let is_right = placed.adm1.as_deref().unwrap_or_default() == *adm1;
            (!is_right).then(|| format!("{iso3} {division} | {text}: {adm1} expected, {placed:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// All are open for one of the reasons, and list both provinces.
fn all_open(texts: &[(&str, &str, [&str; 2])], reasons: &[&str]) {
    for (iso3, text, provinces) in texts {
        let placed = place(iso3, "", text);
        assert!(placed.adm1.is_none() && reasons.contains(&placed.reason.as_str()), "{iso3} {text}: {placed:?}");
        for adm1 in provinces {
            assert!(placed.candidates.iter().any(|one| one.adm1 == *adm1), "{iso3} {text}, {adm1}: {placed:?}");
        }
    }
}

#[test]
fn a_street_is_not_the_place_that_it_is_named_after() {
    all_lie_in(&[
        ("UZB", "", "г. Самарканд, улица Ташкентская", "Samarkand"),
        ("UZB", "", "Samarqand shahri, Toshkent ko'chasi", "Samarkand"),
        ("UZB", "", "Samarkand city, Tashkent street", "Samarkand"),
        ("UZB", "", "г. Термез, ул. Самаркандская", "Surkhandarya"),
        ("UZB", "", "г. Самарканд ул. Бухарская 12", "Samarkand"),
        ("UZB", "", "ул. Ташкентская, г. Самарканд", "Samarkand"),
        ("UZB", "", "г. Фергана, проспект Ташкентский", "Ferghana"),
        ("UZB", "", "гостиница \"Ташкент\", г. Самарканд", "Samarkand"),
        ("UZB", "", "школа № 5 г. Самарканд", "Samarkand"),
        ("UZB", "Самаркандская область", "ул. Ташкентская", "Samarkand"),
        ("UZB", "", "улица Навои", ""),
        ("KGZ", "", "г. Бишкек, ул. Ошская", "Bishkek"),
        ("KGZ", "", "пр. Чуй, г. Бишкек", "Bishkek"),
        ("KGZ", "", "г. Ош, ул. Баткенская", "Osh"),
        ("TJK", "", "г. Худжанд, ул. Хатлонская", "Leninabad"),
        ("KAZ", "", "г. Тараз, ул. Алматинская", "Zhambyl"),
        ("KAZ", "", "г. Кокшетау, проспект Астана", "Aqmola"),
        ("KAZ", "", "Алматы қ., Абай даңғылы", "Almaty City"),
        ("AZE", "", "Bakı şəhəri, Lənkəran küçəsi", "Bakı"),
        ("IRN", "", "خیابان مشهد، تهران", "Tehran"),
        ("ECU", "D.M. GUAYAQUIL", "COLEGIO SIMÓN BOLÍVAR", "Guayas"),
        ("ECU", "D.M. QUITO", "CDLA. IBARRA", "Pichincha"),
        ("COL", "", "EL COLEGIO", "Cundinamarca"),
        ("COL", "", "KRA 65D Nº 23 A 38 BARRIO ANTIOQUIA", ""),
    ]);
}

#[test]
fn a_text_of_two_provinces_is_open_and_lists_both() {
    all_open(
        &[
            ("AFG", "Kabul, Kandahar", ["Kabul", "Kandahar"]),
            ("AFG", "Farah and Nimroz", ["Farah", "Nimroz"]),
            ("AFG", "between Farah & Nimroz", ["Farah", "Nimroz"]),
            ("AFG", "Helmand, Kandahar, Uruzgan", ["Hilmand", "Uruzgan"]),
            ("AFG", "Paktia/Paktika", ["Paktya", "Paktika"]),
            ("AFG", "Kunduz or Takhar", ["Kunduz", "Takhar"]),
            ("AFG", "from Kandahar to Herat", ["Kandahar", "Hirat"]),
            ("AFG", "Herat- Kandahar", ["Kandahar", "Hirat"]),
            ("AFG", "هرات و فراه", ["Hirat", "Farah"]),
            ("IRN", "Kerman/Yazd", ["Kerman", "Yazd"]),
            ("PAK", "Lahore, Karachi", ["Punjab", "Sind"]),
            ("PAK", "Karachi - Quetta", ["Sind", "Baluchistan"]),
            ("UZB", "Ферганская и Наманганская области", ["Ferghana", "Namangan"]),
            ("UZB", "Бухара, Навои", ["Bukhoro", "Navoi"]),
            ("KAZ", "Шымкент-Тараз", ["South Kazakhstan", "Zhambyl"]),
            ("AZE", "Баку - Газах", ["Bakı", "Qazax"]),
        ],
        &["several_places"],
    );
    all_lie_in(&[
        ("IRN", "", "Sistan and Baluchestan", "Sistan and Baluchestan"),
        ("IRN", "", "Bam, Kerman", "Kerman"),
        ("IRN", "", "Zabol - Zahedan", "Sistan and Baluchestan"),
        ("AFG", "", "Kandahar - Spin Boldak", "Kandahar"),
        ("PAK", "", "Gilgit-Baltistan", "Northern Areas"),
        ("RUS", "", "Bryansk Region, Novo- zybkov city", "Bryansk"),
        ("KAZ", "", "г. Усть-Каменогорск", "East Kazakhstan"),
    ]);
}

#[test]
fn a_road_between_two_provinces_is_open_and_what_stands_beside_it_decides() {
    all_open(
        &[
            ("AFG", "Herat - Kandahar highway", ["Hirat", "Kandahar"]),
            ("AFG", "شاهراه کابل - قندهار", ["Kabul", "Kandahar"]),
            ("IRN", "Qom-Tehran freeway", ["Qom", "Tehran"]),
            ("IRN", "Bam - Zahedan road", ["Kerman", "Sistan and Baluchestan"]),
            ("IRN", "محور زاهدان - بم", ["Sistan and Baluchestan", "Kerman"]),
            ("PAK", "Peshawar - Islamabad motorway", ["K.P.", "F.C.T."]),
            ("UZB", "автодорога Самарканд-Бухара", ["Samarkand", "Bukhoro"]),
            ("KGZ", "автодорога Бишкек - Нарын", ["Bishkek", "Naryn"]),
            ("KAZ", "трасса Алматы - Бишкек, 180 км", ["Almaty City", "Almaty City"]),
            ("TKM", "автодорога Ашхабад - Мары", ["Ahal", "Mary"]),
            ("AZE", "Bakı-Qazax avtomobil yolu", ["Bakı", "Bakı"]),
        ],
        &["train_or_road_without_place"],
    );
    all_lie_in(&[
        ("AZE", "", "Astara-Bakı avtomobil yolu, Masallı rayonu", "Masallı"),
        ("KGZ", "", "трасса Бишкек-Ош, Токтогульский район", "Jalal-Abad"),
        ("AFG", "", "Kabul - Kandahar highway, Ghazni", "Ghazni"),
        ("AFG", "Kandahar", "Herat - Kandahar highway", "Kandahar"),
        ("KAZ", "", "Жамбылская область, трасса \"Тараз-Алматы\"", "Zhambyl"),
        ("PAK", "", "Lahore Road, Quetta", "Baluchistan"),
        ("RUS", "Амурская область", "Чита - Хабаровск", "Amur"),
    ]);
    assert_ne!(place("KGZ", "", "а/д Бишкек-Ош, пост \"Сосновка\"").adm1.as_deref(), Some("Bishkek"));
}

#[test]
fn a_district_is_not_the_province_of_its_name() {
    all_lie_in(&[
        ("KAZ", "", "Жамбылский район, Северо-Казахстанская область", "North Kazakhstan"),
        ("KAZ", "", "Жамбылский район, Алматинская область", "Almaty"),
        ("KAZ", "", "Жамбыл ауданы, Алматы облысы", "Almaty"),
        ("KAZ", "", "Zhambyl district, Almaty region", "Almaty"),
        ("KAZ", "Жамбылская область", "Жамбылский район", "Zhambyl"),
        ("KAZ", "", "Илийский район", "Almaty"),
        ("KAZ", "", "Almaty, Ili district", "Almaty"),
        ("UZB", "", "Tashkent, Mirabad District", "Tashkent"),
        ("PAK", "", "Jamrud, Khyber Agency", "F.A.T.A."),
        ("PAK", "Khyber Agency", "Jamrud", "F.A.T.A."),
        ("PAK", "", "Khar, Bajaur Agency", "F.A.T.A."),
        ("PAK", "", "Bara, Khyber", "F.A.T.A."),
        ("PAK", "", "Bajaur", "F.A.T.A."),
        ("PAK", "", "Khyber Pakhtunkhwa", "K.P."),
    ]);
    let open = place("KAZ", "", "Жамбылский район");
    assert_eq!(open.reason, "name_in_several_provinces", "{open:?}");
    assert_eq!(place("KAZ", "", "Астана қ., Алматы ауданы").adm1.filter(|adm1| adm1 != "Astana"), None);
    assert_eq!(place("UZB", "Ferganskaya oblast'", "Ferganskiy rayon").precision, Precision::District);
}

#[test]
fn a_place_of_another_province_than_the_stated_one_is_seen() {
    for (iso3, division, text) in [
        ("AFG", "Helmand", "Spin Boldak"),
        ("AFG", "Helmand", "Kandahar"),
        ("AFG", "Balkh", "Zaranj"),
        ("AFG", "Zabul", "Lashkar Gah"),
        ("AFG", "Nimroz", "Islam Qala"),
        ("PAK", "Balochistan", "Karachi"),
        ("PAK", "Punjab", "Islamabad"),
        ("IRN", "Fars", "Zahedan"),
        ("UZB", "Bukhara", "Termez"),
        ("UZB", "Surkhandarya", "Tashkent"),
        ("TJK", "Khatlon", "Dushanbe"),
        ("KGZ", "Batken", "Naryn"),
        ("KAZ", "Zhambyl", "Pavlodar"),
        ("AZE", "Baku", "Ganja"),
    ] {
        let placed = place(iso3, division, text);
        assert_eq!(placed.reason, "place_contradicts_stated_province", "{iso3} {division} | {text}: {placed:?}");
    }
    all_lie_in(&[
        ("AFG", "Balkh", "Hairatan", "Balkh"),
        ("KGZ", "Osh", "Osh", "Osh"),
        ("PAK", "Punjab", "Rawalpindi", "Punjab"),
    ]);
}

#[test]
fn likeness_is_strict_where_it_has_little_to_go_by() {
    all_lie_in(&[
        ("COL", "", "GIRARDOT", "Cundinamarca"),
        ("COL", "", "MALLAMA", ""),
        ("COL", "", "HUINA", ""),
        ("COL", "", "LA PARADA", ""),
        ("COL", "", "BARRANQUILLITA", ""),
        ("COL", "ARCHIPIÉLAGO DE SAN ANDRÉS, PROVIDENCIA Y SANTA CATALINA", "PROVIDENCIA", "San Andrés y Providencia"),
        ("UKR", "", "Yahodyn", ""),
        ("ESP", "", "Ceutí", ""),
        ("ITA", "RO", "ADRIA", ""),
        ("ITA", "VB", "MASERA", ""),
        ("ITA", "RC", "SAN LUCA", ""),
        ("PAK", "", "Gawadar", "Baluchistan"),
        ("PAK", "", "Faisalabd", "Punjab"),
    ]);
    assert_eq!(place("COL", "CUNDINAMARCA", "GIRARDOT").precision, Precision::City);
}
