import Domain
import FoundationEssentials

/// Moments in the three ways that messages write them, always UTC. Own arithmetic: the formats are fixed and have no locale.
struct Moment {
    let date: AcquisitionDate
    let hour: Int
    let minute: Int
    let second: Int

    /// Whole seconds; times before 1970 are written as its first second.
    init(_ moment: Date) {
        let seconds = Int(min(max(moment.timeIntervalSince1970, 0), 253_402_300_799).rounded(.down))
        date = AcquisitionDate(dayNumber: seconds / 86_400)
        (hour, minute, second) = (seconds % 86_400 / 3_600, seconds % 3_600 / 60, seconds % 60)
    }

    /// `2024-02-14T09:30:00Z`
    var iso8601: String { "\(date.iso8601)T\(twoDigits(hour)):\(twoDigits(minute)):\(twoDigits(second))Z" }

    /// `2024-02-14 09:30 UTC`
    var forPeople: String { "\(date.iso8601) \(twoDigits(hour)):\(twoDigits(minute)) UTC" }

    /// `Wed, 14 Feb 2024 09:30:00 +0000` (RFC 5322, 3.3)
    var rfc5322: String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = "\(weekdays[date.dayNumber % 7]), \(twoDigits(date.day)) \(months[date.month - 1]) \(date.year)"
        return "\(day) \(twoDigits(hour)):\(twoDigits(minute)):\(twoDigits(second)) +0000"
    }

    private func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
}
