internal import CPixels

/// What the pixels with data have in common.
public struct GridStatistics: Hashable, Sendable {
    /// Pixels with data.
    public let count: Int
    /// Share of pixels with data, 0 to 1; 0 for an empty grid.
    public let validShare: Double
    /// Nil without data.
    public let mean: Double?
    public let minimum: Float?
    public let maximum: Float?

    /// Data, but the same value everywhere: a placeholder, not a measurement.
    public var isConstant: Bool { count > 0 && minimum == maximum }
}

extension RasterGrid {
    /// Share of pixels with data, 0 to 1; 0 for an empty grid.
    public var validShare: Double {
        values.isEmpty ? 0 : Double(pixels_count_numbers(values, values.count)) / Double(values.count)
    }

    public func statistics() -> GridStatistics { statistics { _ in true } }

    /// Of the pixels that have data here and in `other` too: the coherence under the phase.
    /// - Parameter other: on the same grid.
    public func statistics(whereValidIn other: RasterGrid) -> GridStatistics {
        precondition(other.geometry == geometry, "grids are compared pixel by pixel on the same geometry")
        return other.values.withUnsafeBufferPointer { other in statistics { !other[$0].isNaN } }
    }

    private func statistics(where included: (Int) -> Bool) -> GridStatistics {
        var (count, sum) = (0, 0.0)
        var (low, high) = (Float.infinity, -Float.infinity)
        for (index, value) in values.enumerated() where !value.isNaN && included(index) {
            count += 1
            sum += Double(value)
            low = min(low, value)
            high = max(high, value)
        }
        return GridStatistics(
            count: count, validShare: values.isEmpty ? 0 : Double(count) / Double(values.count),
            mean: count > 0 ? sum / Double(count) : nil, minimum: count > 0 ? low : nil, maximum: count > 0 ? high : nil)
    }
}
