/// A rectangle of whole pixels, rows from the north and columns from the west.
public struct PixelWindow: Hashable, Sendable {
    public let rows: Range<Int>
    public let columns: Range<Int>

    public init(rows: Range<Int>, columns: Range<Int>) {
        self.rows = rows
        self.columns = columns
    }

    /// The smallest window of `source` with all the pixels that `target` takes its values from; nil if there are none.
    init?(of source: GridGeometry, covering target: GridGeometry) {
        let columns = source.columns(for: target).filter { $0 >= 0 }
        let rows = source.rows(for: target).filter { $0 >= 0 }
        guard let west = columns.min(), let east = columns.max(), let north = rows.min(), let south = rows.max() else { return nil }
        self.init(rows: north..<south + 1, columns: west..<east + 1)
    }

    /// The smallest window that holds them all; nil for none.
    init?(around windows: [PixelWindow]) {
        guard let north = windows.map(\.rows.lowerBound).min(), let south = windows.map(\.rows.upperBound).max(),
            let west = windows.map(\.columns.lowerBound).min(), let east = windows.map(\.columns.upperBound).max()
        else { return nil }
        self.init(rows: north..<south, columns: west..<east)
    }

    func lies(in geometry: GridGeometry) -> Bool {
        rows.lowerBound >= 0 && rows.upperBound <= geometry.height && columns.lowerBound >= 0 && columns.upperBound <= geometry.width
    }
}

extension GridGeometry {
    /// The place of a window's pixels.
    public func part(_ window: PixelWindow) -> GridGeometry {
        GridGeometry(
            width: window.columns.count, height: window.rows.count,
            west: normalisedLongitude(longitude(x: Double(window.columns.lowerBound))),
            north: latitude(y: Double(window.rows.lowerBound)), pixelWidth: pixelWidth, pixelHeight: pixelHeight)
    }
}
