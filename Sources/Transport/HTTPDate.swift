internal import CCurl
public import FoundationEssentials

/// Dates as HTTP writes them (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
public enum HTTPDate {
    /// Any of HTTP's three formats; nil if it is none.
    public static func parse(_ text: String) -> Date? {
        // curl_getdate also takes bare numbers and words; HTTP's formats all name the day first.
        guard let first = text.utf8.first, (65...90).contains(first), text.utf8.count <= 40 else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds == -1 ? nil : Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    /// Whole seconds, rounded down.
    public static func format(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let (dayNumber, second) = (seconds.flooredDivision(by: 86_400), seconds.flooredRemainder(by: 86_400))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        let weekday = weekdays[(dayNumber + 4).flooredRemainder(by: 7)]
        let month = months[(parts.month ?? 1) - 1]
        let time = [second / 3600, second / 60 % 60, second % 60].map { twoDigits($0) }.joined(separator: ":")
        return "\(weekday), \(twoDigits(parts.day ?? 1)) \(month) \(parts.year ?? 1970) \(time) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// Retry-After (RFC 9110, 10.2.3): seconds, or a date counted from the server's own `Date` so that clock skew does not matter.
func retryAfterSeconds(_ headers: HTTPHeaders, now: Date) -> TimeInterval? {
    guard let text = headers["Retry-After"] else { return nil }
    if let seconds = UInt32(text) { return TimeInterval(seconds) }
    guard let date = HTTPDate.parse(text) else { return nil }
    let reference = headers["Date"].flatMap(HTTPDate.parse) ?? now
    return max(0, date.timeIntervalSince(reference))
}

extension Int {
    fileprivate func flooredDivision(by divisor: Int) -> Int { (self - flooredRemainder(by: divisor)) / divisor }
    fileprivate func flooredRemainder(by divisor: Int) -> Int { ((self % divisor) + divisor) % divisor }
}
