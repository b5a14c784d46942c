import Domain
import FoundationEssentials

/// Times as catalogues write them, all taken as UTC.
enum CalendarTime {
    /// A day `2024-03-12` or `12-Mar-2024` and a time `10:24` or `10:24:30`.
    static func date(day: Substring, time: Substring) -> Date? {
        guard let day = self.day(day), let seconds = self.seconds(time) else { return nil }
        return Date(timeIntervalSince1970: Double(day.dayNumber * 86_400 + seconds))
    }

    /// `2022-03-10T11:49:21`, also with a fraction of a second, a blank for the T, or a Z.
    static func iso8601(_ text: String) -> Date? {
        var rest = text[...]
        if rest.hasSuffix("Z") { rest.removeLast() }
        let parts = rest.split(maxSplits: 1, whereSeparator: { $0 == "T" || $0 == " " })
        guard parts.count == 2 else { return nil }
        return date(day: parts[0], time: parts[1].prefix { $0 != "." })
    }

    private static func day(_ text: Substring) -> AcquisitionDate? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count <= 4 }) else { return nil }
        if parts[0].utf8.count == 4, let year = number(parts[0]), let month = number(parts[1]), let day = number(parts[2]) {
            return AcquisitionDate(year: year, month: month, day: day)
        }
        let months: [Substring] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let day = number(parts[0]), let month = months.firstIndex(of: parts[1]), let year = number(parts[2]) else {
            return nil
        }
        return AcquisitionDate(year: year, month: month + 1, day: day)
    }

    private static func seconds(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = number(parts[0]), hour < 24, let minute = number(parts[1]), minute < 60,
            let second = parts.count == 3 ? number(parts[2]) : 0, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy(\.isDigit) ? Int(text) : nil
    }
}
