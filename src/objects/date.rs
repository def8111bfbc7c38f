//! Times as S3 writes them: ISO 8601 in bodies and signatures, HTTP dates in headers. All in UTC.

use std::time::{Duration, SystemTime};

const DAY: u64 = 24 * 60 * 60;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A time in the form of signatures: `20130524T000000Z`.
pub(super) fn compact(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let (year, month, day) = civil(seconds / DAY);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Reads `2020-12-28T23:10:09.794Z`. The fraction is left out, as HTTP dates have none.
pub(super) fn parse_iso(text: &str) -> Option<SystemTime> {
    let (date, time) = text.trim().split_once('T')?;
    let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"))?;
    let time = time.split_once('.').map_or(time, |(seconds, _)| seconds);
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    time_of(year, month, day, [hour, minute, second])
}

/// Reads `Wed, 21 Oct 2015 07:28:00 GMT`.
pub(super) fn parse_http(text: &str) -> Option<SystemTime> {
    let (_, date) = text.trim().split_once(", ")?;
    let mut words = date.split(' ');
    let day = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let year = words.next()?.parse().ok()?;
    let time = numbers(words.next()?, ':')?;
    time_of(year, month, day, time)
}

fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = text.split(separator).map(|number| number.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn time_of(year: u64, month: u64, day: u64, [hour, minute, second]: [u64; 3]) -> Option<SystemTime> {
    // A leap second is the one that follows.
    let is_valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let seconds = || days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    is_valid.then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds()))
}

/// The days from 1970 to a day of the Gregorian calendar: `days_from_civil` of Howard Hinnant's
/// "chrono-Compatible Low-Level Date Algorithms".
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468
}

/// The date of a day, counted from 1970-01-01: `civil_from_days` of the same source.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn times_are_read_in_both_forms() {
        let rows = [
            ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("2013-05-24T00:00:00.000Z", "Fri, 24 May 2013 00:00:00 GMT", 1_369_353_600),
            ("2000-02-29T23:59:59.999Z", "Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("2020-12-28T23:10:09+00:00", "Mon, 28 Dec 2020 23:10:09 GMT", 1_609_197_009),
            ("2100-03-01T00:00:00Z", "Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ];
        for (iso, http, seconds) in rows {
            assert_eq!((parse_iso(iso), parse_http(http)), (Some(at(seconds)), Some(at(seconds))), "{iso}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "T", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00", "2020-01-01T25:00:00Z", "1-1-1T1:1:1Z"] {
            assert_eq!(parse_iso(text), None, "{text:?}");
        }
        for text in ["", "Wed, ", "Wed, 21 October 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28 GMT", "0"] {
            assert_eq!(parse_http(text), None, "{text:?}");
        }
    }

    #[test]
    fn days_are_written_as_they_are_read() {
        assert_eq!(compact(at(1_369_353_600)), "20130524T000000Z");
        for day in (0..60_000).step_by(17) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
    }
}
