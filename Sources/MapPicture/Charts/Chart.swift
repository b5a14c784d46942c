public import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lines over two axes: learning curves, ROC curves, reliability diagrams.
public struct Chart: Sendable {
    public struct Series: Sendable {
        public enum Style: Sendable {
            case line
            /// A thin dashed line, for what others are compared with.
            case reference
            case dots
            case lineAndDots
        }

        public let name: String
        public let points: [(x: Double, y: Double)]
        public let style: Style

        /// - Parameter points: in the order in which they are joined; those that are not finite leave a gap.
        public init(_ name: String, _ points: [(x: Double, y: Double)], style: Style = .line) {
            self.name = name
            self.points = points
            self.style = style
        }
    }

    public struct Axis: Sendable {
        public let title: String
        /// Nil: as far as the points reach.
        public let range: ClosedRange<Double>?
        public let isLogarithmic: Bool

        public init(_ title: String, range: ClosedRange<Double>? = nil, isLogarithmic: Bool = false) {
            self.title = title
            self.range = range
            self.isLogarithmic = isLogarithmic
        }
    }

    public let title: String
    public let x: Axis
    public let y: Axis
    public let series: [Series]

    public init(_ title: String, x: Axis, y: Axis, series: [Series]) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
    }

    /// The charts side by side as one PNG, each `width` x `height` pixels.
    public static func render(_ charts: [Chart], width: Int = 560, height: Int = 460) throws(MapPictureError) -> Data {
        let canvas = try Canvas(width: width * max(charts.count, 1), height: height)
        for (index, chart) in charts.enumerated() {
            let box = Rectangle(x: Double(index * width), y: 0, width: Double(width), height: Double(height))
            ChartDrawing(chart, in: box).draw(on: canvas)
        }
        return try PalettePNG.encode(try canvas.pixels(), width: canvas.width)
    }
}

/// Where an axis' values lie on the sheet, and which of them are written.
struct ChartScale {
    let range: ClosedRange<Double>
    let isLogarithmic: Bool
    let ticks: [Double]

    init(_ axis: Chart.Axis, values: [Double]) {
        let finite = values.filter { $0.isFinite && (!axis.isLogarithmic || $0 > 0) }
        var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        if let range = axis.range { (low, high) = (range.lowerBound, range.upperBound) }
        isLogarithmic = axis.isLogarithmic && low > 0
        if isLogarithmic {
            let (first, last) = (Int(log10(low).rounded(.down)), Int(log10(high).rounded(.up)))
            ticks = (first...max(last, first + 1)).map { pow(10, Double($0)) }
            range = axis.range ?? (ticks[0]...ticks[ticks.count - 1])
            return
        }
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        let step = Self.roundStep((high - low) / 5)
        // A bound within rounding of a tick is that tick.
        let first = axis.range == nil ? (low / step + 1e-9).rounded(.down) : (low / step - 1e-9).rounded(.up)
        let last = axis.range == nil ? (high / step - 1e-9).rounded(.up) : (high / step + 1e-9).rounded(.down)
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        range = axis.range ?? (first * step)...(last * step)
    }

    /// 1, 2 or 5 times a power of ten, at least this.
    static func roundStep(_ least: Double) -> Double {
        let power = pow(10, log10(least).rounded(.down))
        return ([1, 2, 5, 10].first { $0 * power >= least * (1 - 1e-9) } ?? 10) * power
    }

    /// 0 at the range's beginning, 1 at its end; nil where the value has no place.
    func share(_ value: Double) -> Double? {
        guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
        let place: (Double) -> Double = isLogarithmic ? { log10($0) } : { $0 }
        return (place(value) - place(range.lowerBound)) / (place(range.upperBound) - place(range.lowerBound))
    }

    func label(_ tick: Double) -> String {
        if isLogarithmic { return tick >= 0.01 && tick < 10_000 ? Self.short(tick, digits: tick < 1 ? 2 : 0) : "1e\(Int(log10(tick).rounded()))" }
        let step = ticks.count > 1 ? ticks[1] - ticks[0] : 1
        let greatest = ticks.reduce(0) { max($0, abs($1)) }
        if greatest < 0.01, step < 0.001 {
            let power = Int((log10(step) + 1e-9).rounded(.down))
            let count = Int((tick / pow(10, Double(power))).rounded())
            return count == 0 ? "0" : "\(count)e\(power)"
        }
        return Self.short(tick, digits: max(0, Int((-log10(step) - 1e-9).rounded(.up))))
    }

    private static func short(_ value: Double, digits: Int) -> String {
        let scale = pow(10, Double(digits))
        let whole = Int((abs(value) * scale).rounded())
        let sign = value < 0 && whole != 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let (units, rest) = whole.quotientAndRemainder(dividingBy: Int(scale))
        return "\(sign)\(units)." + String(repeating: "0", count: digits - "\(rest)".count) + "\(rest)"
    }
}
