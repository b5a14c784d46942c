import Domain

/// Numbers and quantities with their units.
extension ValueKind where Value == Duration {
    /// Such as `90s`, `5m`, `6h`, `1h 30m`, `30d`.
    static func time(from least: String, to most: String, such example: String) -> Self {
        let (low, high) = (Quantity.seconds(least) ?? 0, Quantity.seconds(most) ?? .infinity)
        return ValueKind("a time with its unit, \(least) to \(most), such as \(example)") { (text, _) throws(Misfit) in
            guard let seconds = Quantity.seconds(text) else {
                throw Misfit(Quantity.isBare(text) ? "add a unit: \(text)s, \(text)m, \(text)h or \(text)d" : nil)
            }
            guard (low...high).contains(seconds) else { throw Misfit() }
            return .milliseconds(Int64((seconds * 1000).rounded()))
        }
    }
}

extension ValueKind where Value == Int {
    static func whole(_ range: ClosedRange<Int>) -> Self {
        ValueKind("a whole number, \(range.lowerBound) to \(range.upperBound)") { (text, _) throws(Misfit) in
            guard let number = Int(text), range.contains(number) else { throw Misfit() }
            return number
        }
    }

    /// Whole days, such as `30d` or `4w`.
    static func days(_ range: ClosedRange<Int>, such example: String) -> Self {
        ValueKind("whole days, \(range.lowerBound)d to \(range.upperBound)d, such as \(example)") { (text, _) throws(Misfit) in
            guard let seconds = Quantity.seconds(text) else { throw Misfit(Quantity.isBare(text) ? "add a unit: \(text)d" : nil) }
            let days = seconds / 86_400
            guard days == days.rounded(), (Double(range.lowerBound)...Double(range.upperBound)).contains(days) else { throw Misfit() }
            return Int(days)
        }
    }

    /// Bytes, such as `500 MiB`.
    static func size(from least: String, to most: String, such example: String) -> Self {
        let (low, high) = (Quantity.bytes(least) ?? 0, Quantity.bytes(most) ?? 1e15)
        return ValueKind("a size with its unit, \(least) to \(most), such as \(example)") { (text, _) throws(Misfit) in
            guard let bytes = Quantity.bytes(text) else { throw Misfit(Quantity.isBare(text) ? "add a unit: \(text) MiB" : nil) }
            guard (low...high).contains(bytes) else { throw Misfit() }
            return Int(bytes)
        }
    }
}

extension ValueKind where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> Self {
        ValueKind("a number, \(Quantity.plain(range.lowerBound)) to \(Quantity.plain(range.upperBound))") { (text, _) throws(Misfit) in
            guard let number = Quantity.number(text), range.contains(number) else { throw Misfit() }
            return number
        }
    }

    /// 0 to 1, written as `0.05` or `5 %`.
    static func share(upTo most: Double = 1) -> Self {
        ValueKind("a share, 0 % to \(Quantity.plain(most * 100)) %, such as 5 % or 0.05") { (text, _) throws(Misfit) in
            let isPercent = text.hasSuffix("%")
            let digits = isPercent ? String(text.dropLast().reversed().drop { $0 == " " }.reversed()) : text
            guard let number = Quantity.number(digits) else { throw Misfit() }
            guard (0...most).contains(isPercent ? number / 100 : number) else {
                throw Misfit(!isPercent && (0...(most * 100)).contains(number) ? "did you mean \(text) %?" : nil)
            }
            return isPercent ? number / 100 : number
        }
    }

    /// Metres, such as `10 km`.
    static func distance(from least: String, to most: String, such example: String) -> Self {
        let (low, high) = (Quantity.metres(least) ?? 0, Quantity.metres(most) ?? .infinity)
        return ValueKind("a distance with its unit, \(least) to \(most), such as \(example)") { (text, _) throws(Misfit) in
            guard let metres = Quantity.metres(text) else {
                throw Misfit(Quantity.isBare(text) ? "add a unit: \(text) km or \(text) m" : nil)
            }
            guard (low...high).contains(metres) else { throw Misfit() }
            return metres
        }
    }
}

extension ValueKind where Value == Probability {
    static let probability = ValueKind("a probability, 0 to 1, such as 0.8") { (text, _) throws(Misfit) in
        guard let value = Quantity.number(text).flatMap(Probability.init) else {
            throw Misfit(
                Quantity.number(text).map { (0...100).contains($0) } == true
                    ? "write \(text) % as \(Quantity.plain((Double(text) ?? 0) / 100))" : nil)
        }
        return value
    }
}

/// Texts such as `1h 30m` or `500 MiB`.
enum Quantity {
    static func seconds(_ text: String) -> Double? {
        sum(text, ["ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800])
    }

    static func bytes(_ text: String) -> Double? {
        let units: [String: Double] = [
            "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
        ]
        return sum(text, units).map { $0.rounded() }
    }

    static func metres(_ text: String) -> Double? { sum(text, ["m": 1, "km": 1000]) }

    /// A number without unit.
    static func isBare(_ text: String) -> Bool { number(text) != nil }

    /// A decimal number as people write it: no hexadecimal, no infinity.
    static func number(_ text: some StringProtocol) -> Double? {
        guard !text.isEmpty, text.utf8.count <= 20,
            text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
        else { return nil }
        return Double(String(text))
    }

    /// The number as short as it can be written: `2`, `0.5`.
    static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    /// The sum of number-unit pairs, each unit at most once. Nil for anything else, such as a number without unit.
    private static func sum(_ text: String, _ units: [String: Double]) -> Double? {
        var total = 0.0
        var rest = Substring(text)
        var seen: Set<Substring> = []
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { return seen.isEmpty ? nil : total }
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix(while: \.isLetter)
            rest = rest.dropFirst(unit.count)
            guard let value = number(digits), let factor = units[String(unit)], seen.insert(unit).inserted else { return nil }
            total += value * factor
        }
    }
}
