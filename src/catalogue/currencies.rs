//! The currencies in use. `domain::Currency` knows the form of a code, this knows which codes exist.

use crate::domain::Currency;

/// Whether the code is one of ISO 4217's active national currencies (list of 2024 and later).
pub fn is_known(currency: Currency) -> bool {
    ACTIVE.split_ascii_whitespace().any(|code| code == currency.as_str())
}

const ACTIVE: &str = "\
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD \
HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD \
LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK \
PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS \
TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_no_country_uses_are_unknown() {
        for code in ["USD", "VND", "ZWG", "AED"] {
            assert!(is_known(Currency::parse(code).unwrap()), "{code}");
        }
        for code in ["USX", "DEM", "XXX"] {
            assert!(!is_known(Currency::parse(code).unwrap()), "{code}");
        }
    }
}
