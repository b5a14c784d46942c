/// A language in which fringewatch speaks to people, written as in ISO 639-1.
public enum Language: String, Hashable, Codable, Sendable, CaseIterable {
    case english = "en"
    case spanish = "es"
}

/// How figures and places are written. Dates are ISO 8601 in every language.
extension Language {
    /// A figure with a fixed number of decimals (0 to 6), rounded half away from zero: `3.2` or `3,2`.
    ///
    /// A figure that is not finite, or too great to be one of ours, is written `–`.
    public func decimal(_ value: Double, places: Int) -> String {
        let scale = [1.0, 10, 100, 1_000, 10_000, 100_000, 1_000_000][min(max(places, 0), 6)]
        guard value.isFinite, abs(value) < 1e12 else { return "–" }
        let scaled = Int((abs(value) * scale).rounded(.toNearestOrAwayFromZero))
        let sign = value < 0 && scaled > 0 ? "−" : ""
        guard scale > 1 else { return sign + String(scaled) }
        let fraction = String(scaled % Int(scale))
        return sign + String(scaled / Int(scale)) + decimalMark + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// A probability with two decimals, cut, not rounded: 0.796 must not read as having reached 0.80.
    public func probability(_ probability: Probability) -> String {
        decimal((probability.value * 100 + 1e-9).rounded(.down) / 100, places: 2)
    }

    public var decimalMark: String { self == .spanish ? "," : "." }

    /// One of sixteen compass points: `NNW`, in Spanish `NNO`.
    /// - Parameter bearing: degrees clockwise from north.
    public func compassPoint(_ bearing: Double) -> String {
        guard bearing.isFinite else { return "–" }
        let turn = (bearing / 22.5).rounded(.toNearestOrAwayFromZero).truncatingRemainder(dividingBy: 16)
        return compassPoints[(Int(turn) + 16) % 16]
    }

    private var compassPoints: [String] {
        switch self {
        case .english: ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
        case .spanish: ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSO", "SO", "OSO", "O", "ONO", "NO", "NNO"]
        }
    }

    /// `91.17°W`, in Spanish `91,17°O`. Longitudes beyond 180 are brought back: 180.5 is 179.5 west.
    public func longitude(_ degrees: Double, places: Int) -> String {
        let turned = degrees - 360 * ((degrees + 180) / 360).rounded(.down)
        return decimal(abs(turned), places: places) + "°" + side(turned, ["E", "W"], ["E", "O"], places)
    }

    /// `0.83°S`, in Spanish `0,83°S`.
    public func latitude(_ degrees: Double, places: Int) -> String {
        decimal(abs(degrees), places: places) + "°" + side(degrees, ["N", "S"], ["N", "S"], places)
    }

    /// `0.830°S, 91.170°W`; in Spanish a semicolon parts the two, because the comma is the decimal mark.
    public func place(_ point: GeoPoint, places: Int = 3) -> String {
        latitude(point.latitude, places: places) + (self == .spanish ? "; " : ", ") + longitude(point.longitude, places: places)
    }

    /// Nothing stands beside a zero: it is neither side.
    private func side(_ degrees: Double, _ english: [String], _ spanish: [String], _ places: Int) -> String {
        let names = self == .spanish ? spanish : english
        let shown = decimal(degrees, places: places)
        if shown.allSatisfy({ "0.,".contains($0) }) { return "" }
        return degrees < 0 ? names[1] : names[0]
    }
}
