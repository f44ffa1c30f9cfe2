//! The country codes of ISO 3166-1 alpha-3, and the user-assigned ones that maps use.

use crate::records::Iso3;

/// Assigned codes in alphabetical order, with XKX (Kosovo), a user-assigned code.
const CODES: &str = "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR \
BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI \
CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY \
GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR \
ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA \
MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL \
NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM \
SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR \
TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM XKX YEM ZAF ZMB ZWE";

/// Whether the code is assigned.
pub(super) fn is_known(code: Iso3) -> bool {
    // Each code takes four bytes, its space included.
    let count = CODES.len().div_ceil(4);
    let at = |ix: usize| CODES.as_bytes().get(4 * ix..4 * ix + 3).unwrap_or_default();
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if at(middle) < code.as_str().as_bytes() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    at(low) == code.as_str().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_code_is_known_and_no_other() {
        let codes: Vec<&str> = CODES.split(' ').collect();
        assert!(codes.is_sorted() && codes.len() == 250, "{}", codes.len());
        assert!(codes.iter().all(|code| code.parse().is_ok_and(is_known)));
        for wrong in ["AAA", "IRA", "ZZZ", "KOS"] {
            assert!(!wrong.parse().is_ok_and(is_known), "{wrong}");
        }
    }
}
