//! Words of seizure records: units against sums worked by hand, drugs, countries, columns, numbers.

#![allow(clippy::unwrap_used)]

use corridor::inputs::raw::DecimalMark;
use corridor::inputs::vocabulary::{CountryMatch, Decimal, DecimalFault, DrugMatch, Field, QuantityFault, Vocabulary};
use corridor::records::Commodity;
use std::sync::LazyLock;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::embedded().unwrap());

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text, DecimalMark::Point).unwrap()
}

fn mg(amount: &str, unit: &str, drug: &str) -> Result<i64, QuantityFault> {
    VOCABULARY.units.milligrams(decimal(amount), unit, drug).map(|quantity| quantity.quantity_mg)
}

#[test]
fn units_equal_sums_worked_by_hand() {
    for (amount, unit, drug, expected) in [
        ("1", "Kilogram", "heroin", 1_000_000),
        ("0.1", "kg", "heroin", 100_000),
        ("0.11699999999999999", "Kilogram", "heroin", 117_000),
        ("250", "Gram", "opium", 250_000),
        ("1.5", "TON", "opium", 1_500_000_000),
        ("103563", "Kilogram", "acetic anhydride", 103_563_000_000),
        ("3", "кг", "heroin", 3_000_000),
        ("3", "کیلوگرم", "heroin", 3_000_000),
        // 1.08 kg per litre
        ("2", "Litre", "acetic anhydride", 2_160_000),
        ("0.5", "millilitre", "acetic anhydride", 540),
        // 3.785411784 L x 1.08 kg/L = 4.08824472672 kg
        ("1", "Gallons (US, liquid)", "acetic anhydride", 4_088_245),
        // 4.54609 L x 1.08 kg/L = 4.9097772 kg
        ("1", "imperial gallon", "acetic anhydride", 4_909_777),
        ("1", "Viss", "opium", 1_632_930),
        ("2", "picul", "opium", 120_957_964),
        // 0.45359237 kg
        ("1", "lb", "heroin", 453_592),
        ("100", "lb", "heroin", 45_359_237),
        ("4", "Block (350gr)", "heroin", 1_400_000),
        ("30", "Paper (1/10 gm)", "heroin", 3_000),
        ("1e3", "g", "heroin", 1_000_000),
    ] {
        assert_eq!(mg(amount, unit, drug), Ok(expected), "{amount} {unit} of {drug}");
    }
}

#[test]
fn rounding_is_half_to_even_and_said() {
    let of = |amount: &str| VOCABULARY.units.milligrams(decimal(amount), "mg", "heroin").unwrap();
    for (amount, expected) in [("1.5", 2), ("2.5", 2), ("3.5", 4), ("2.500001", 3), ("2.499999", 2)] {
        assert_eq!((of(amount).quantity_mg, of(amount).is_rounded), (expected, true), "{amount}");
    }
    assert!(!of("2.0000001").is_rounded && !of("7").is_rounded);
    // a binary float as printed is no rounding worth a word
    let printed = VOCABULARY.units.milligrams(decimal("0.11699999999999999"), "kg", "heroin").unwrap();
    assert!(!printed.is_rounded);
}

#[test]
fn what_has_no_mass_is_refused_and_never_zero() {
    let no_mass = |amount: &str, unit: &str, drug: &str| match mg(amount, unit, drug) {
        Err(QuantityFault::NoMass(rule, _)) => rule,
        other => panic!("{amount} {unit}: {other:?}"),
    };
    assert_eq!(no_mass("5", "Tablet", "morphine"), "countable_unit_unknown_mass");
    assert_eq!(no_mass("5", "ampoules", "morphine"), "countable_unit_unknown_mass");
    assert_eq!(no_mass("5", "Litre", "opium"), "volume_without_density");
    assert_eq!(no_mass("5", "Gallons (UK)", "morphine"), "volume_without_density");
    assert_eq!(no_mass("5", "gallon", "acetic anhydride"), "unit_ambiguous");
    assert_eq!(no_mass("5", "Ounce", "heroin"), "unit_ambiguous");
    assert_eq!(no_mass("5", "Plants", "poppy straw"), "plants");
    assert_eq!(no_mass("5", "Hectars", "poppy straw"), "area");
    assert_eq!(mg("5", "", "heroin"), Err(QuantityFault::UnitBlank));
    for unit in ["smoots", "γ", "Γ", "τ", "ţ", "ŧ", "t-", "g%", "%g", "kg?", "k/g"] {
        assert_eq!(mg("5", unit, "heroin"), Err(QuantityFault::UnitUnknown), "{unit}");
    }
    assert_eq!((mg("5", " K.G. ", "heroin"), mg("5000", "μg", "heroin")), (Ok(5_000_000), Ok(5)));
    assert_eq!(mg("0", "kg", "heroin"), Err(QuantityFault::NotPositive));
    assert_eq!(mg("-3", "kg", "heroin"), Err(QuantityFault::NotPositive));
    assert_eq!(mg("100", "Microgram", "lsd"), Err(QuantityFault::BelowOneMilligram));
    assert_eq!(mg("99999999999999999999", "Ton", "heroin"), Err(QuantityFault::TooLarge));
}

#[test]
fn numbers_are_read_exactly_or_refused() {
    let parse = |text: &str, mark| Decimal::parse(text, mark).map(|d| (d.digits, d.scale));
    for (text, expected) in [
        ("12.50", (1250, 2)),
        (" 1 234.5 ", (12345, 1)),
        ("1,234.5", (12345, 1)),
        ("12,345,678", (12_345_678, 0)),
        ("۱۲٫۵", (125, 1)),
        ("1.5E3", (1500, 0)),
        (".5", (5, 1)),
        ("5.", (5, 0)),
        ("1\u{a0}234\u{202f}567", (1_234_567, 0)),
        ("1’234.50", (123_450, 2)),
        ("۱٬۲۳۴", (1234, 0)),
        ("999999999999999999", (999_999_999_999_999_999, 0)),
        ("9999999999999999999", (9_999_999_999_999_999_999, 0)),
    ] {
        assert_eq!(parse(text, DecimalMark::Point), Ok(expected), "{text}");
    }
    assert_eq!(parse("1.234,5", DecimalMark::Comma), Ok((12345, 1)));
    assert_eq!(parse("0,75", DecimalMark::Comma), Ok((75, 2)));
    assert_eq!(parse("۱۲٫۵", DecimalMark::Comma), Ok((125, 1)));
    for two in [
        "5 10",
        "12 5",
        "1 2 3",
        "2015 3",
        "12 34 567",
        "10 0000",
        "1'2",
        "5_10",
        "1_000",
        "0 500",
        "1 234 5",
        " 1  234",
    ] {
        for mark in [DecimalMark::Point, DecimalMark::Comma] {
            assert_eq!(parse(two, mark), Err(DecimalFault::NotANumber), "{two}");
        }
    }
    for (text, fault) in [
        ("", DecimalFault::Blank),
        ("1,234", DecimalFault::Ambiguous),
        ("0,5", DecimalFault::Ambiguous),
        ("12,5", DecimalFault::Ambiguous),
        ("about 5", DecimalFault::NotANumber),
        ("1.2.3", DecimalFault::NotANumber),
        ("NaN", DecimalFault::NotANumber),
        ("1e400", DecimalFault::TooLong),
        ("123456789012345678901234567890", DecimalFault::TooLong),
    ] {
        assert_eq!(parse(text, DecimalMark::Point), Err(fault), "{text}");
    }
}

#[test]
fn countries_by_any_of_their_names() {
    for (text, iso3) in [
        ("Afghanistan", "AFG"),
        ("Iran, Islamic Republic of", "IRN"),
        ("Iran (Islamic Republic of)", "IRN"),
        ("Libyan Arab Jamahiriya", "LBY"),
        ("Macedonia, the former Yugoslav Republic of", "MKD"),
        ("Republic of Moldova", "MDA"),
        ("Moldova, Republic of", "MDA"),
        ("Türkiye", "TUR"),
        ("TURKEY", "TUR"),
        ("Trinidad and Tobago", "TTO"),
        ("Trinidad & Tobago", "TTO"),
        ("Côte d'Ivoire", "CIV"),
        ("Cote d’Ivoire", "CIV"),
        ("Lao Peoples Democratic Republic", "LAO"),
        ("Macau, SAR of China", "MAC"),
        ("Bolivia, Plurinational State of", "BOL"),
        ("Venezuela, Bolivarian Republic of", "VEN"),
        ("Korea, Republic of", "KOR"),
        ("Congo, Democratic Republic of the", "COD"),
        ("Swaziland", "SWZ"),
        ("Iraq (Kurdistan Region)", "IRQ"),
        ("Guinea", "GIN"),
        ("the Netherlands", "NLD"),
        ("Иран", "IRN"),
        ("Таджикистан", "TJK"),
        ("Russie", "RUS"),
        ("پاکستان", "PAK"),
        ("uz", "UZB"),
        ("Macao", "MAC"),
        ("Niger (the)", "NER"),
        ("Dominican Republic (the)", "DOM"),
        ("Moldova (the Republic of)", "MDA"),
        ("Tanzania, the United Republic of", "TZA"),
        ("Korea (the Democratic People's Republic of)", "PRK"),
        ("Congo (the Democratic Republic of the)", "COD"),
        ("United Kingdom of Great Britain and Northern Ireland (the)", "GBR"),
        ("Falkland Islands (the) [Malvinas]", "FLK"),
        ("KGZ", "KGZ"),
    ] {
        assert_eq!(VOCABULARY.countries.find(text), CountryMatch::Known(iso3.parse().unwrap()), "{text}");
    }
    for (text, codes) in [("Congo", ["COD", "COG"]), ("Korea", ["KOR", "PRK"]), ("Virgin Islands", ["VGB", "VIR"])] {
        let CountryMatch::Ambiguous(choice) = VOCABULARY.countries.find(text) else { panic!("{text} is one country") };
        assert!(codes.iter().all(|code| choice.contains(code)), "{text}: {choice}");
    }
    for (text, like) in [("Afghanstan", "AFG"), ("Guinee Equatorial", "GNQ"), ("Uzbekstan", "UZB"), ("Guniea", "GIN")] {
        let CountryMatch::Unknown(similar) = VOCABULARY.countries.find(text) else { panic!("{text} was guessed") };
        assert!(similar.iter().any(|name| name.contains(like)), "{text}: {similar:?}");
    }
    assert_eq!(VOCABULARY.countries.find("  "), CountryMatch::Blank);
    assert_eq!(VOCABULARY.countries.all().len(), 250, "249 assigned codes and Kosovo");
}

#[test]
fn drugs_by_name_language_and_group() {
    let of = |text: &str| match VOCABULARY.drugs.find(text) {
        DrugMatch::Known(ix) => VOCABULARY.drugs.all[usize::from(ix)].clone(),
        other => panic!("{text}: {other:?}"),
    };
    for (text, drug, commodity) in [
        ("Heroin", "heroin", Some(Commodity::Opiates)),
        ("HEROIN BASE", "heroin", Some(Commodity::Opiates)),
        ("héroïne", "heroin", Some(Commodity::Opiates)),
        ("Героин", "heroin", Some(Commodity::Opiates)),
        ("Raw opium", "opium", Some(Commodity::Opiates)),
        ("Acetic Anhydride", "acetic anhydride", Some(Commodity::Precursors)),
        ("уксусный ангидрид", "acetic anhydride", Some(Commodity::Precursors)),
        ("Cocaine HCL", "cocaine", None),
        ("Hashish", "cannabis resin", None),
        ("Fentanyl", "fentanyl", None),
    ] {
        assert_eq!((of(text).drug.as_str(), of(text).commodity), (drug, commodity), "{text}");
    }
    assert_eq!(of("Poppy Seeds").excluded_by.as_deref(), Some("not_a_controlled_drug"));
    assert_eq!(of("Unknown").excluded_by.as_deref(), Some("drug_not_named"));
    assert_eq!(VOCABULARY.drugs.find("herion"), DrugMatch::Unknown, "a misspelt drug is suggested, not guessed");
    assert!(VOCABULARY.drugs.similar("herion").iter().any(|name| name == "Heroin"));
}

#[test]
fn headers_of_known_layouts_are_matched() {
    for (header, field) in [
        ("ADMINISTRATIVE_DIVISION", Field::Division),
        ("SEIZURE_DATE", Field::Date),
        ("Seizure date", Field::Date),
        ("Drug name", Field::Drug),
        ("Quantity (kg)", Field::AmountKg),
        ("quantity_mg", Field::AmountMg),
        ("Unit of measurement", Field::Unit),
        ("Country of seizure", Field::Country),
        ("Longitude", Field::Lon),
        ("ADM1", Field::Division),
        ("Страна", Field::Country),
        ("#adm1+name", Field::Division),
    ] {
        assert_eq!(VOCABULARY.columns.field_of(header), Some(field), "{header}");
    }
    assert_eq!(VOCABULARY.columns.field_of("colour of the lorry"), None);
}
