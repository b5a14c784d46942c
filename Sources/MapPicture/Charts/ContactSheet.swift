public import FoundationEssentials

/// Many small patches of wrapped phase on one picture, each with a line of text: what a model gets wrong, at a glance.
public struct ContactSheet: Sendable {
    public struct Tile: Sendable {
        /// `side * side` grey levels, 256 to a cycle, 128 = no data.
        public let levels: [UInt8]
        public let side: Int
        public let caption: String

        /// - Precondition: `side * side` levels.
        public init(levels: [UInt8], side: Int, caption: String) {
            precondition(levels.count == side * side, "a tile has side x side levels")
            (self.levels, self.side, self.caption) = (levels, side, caption)
        }
    }

    public let title: String
    public let tiles: [Tile]
    public let columns: Int

    public init(_ title: String, tiles: [Tile], columns: Int = 6) { (self.title, self.tiles, self.columns) = (title, tiles, max(1, columns)) }

    private static let shown = 160, gap = 14, letters = 11.0, head = 44

    /// A PNG, the cycle in the colours of the alerts' maps.
    public func render() throws(MapPictureError) -> Data {
        let (shown, gap) = (Self.shown, Self.gap)
        let across = min(columns, max(1, tiles.count)), down = (tiles.count + across - 1) / across
        let canvas = try Canvas(width: max(420, gap + across * (shown + gap)), height: Self.head + max(1, down) * (shown + gap + 16))
        canvas.text(title, at: Spot(x: Double(gap), y: 27), size: 16, weight: .bold)
        for (index, tile) in tiles.enumerated() {
            let x = gap + index % across * (shown + gap), y = Self.head + index / across * (shown + gap + 16)
            canvas.copy(Self.pixels(tile), width: shown, x: x, y: y)
            canvas.text(
                Self.shortened(tile.caption, on: canvas), at: Spot(x: Double(x), y: Double(y + shown) + 14), size: Self.letters, .quiet)
        }
        return try PalettePNG.encode(try canvas.pixels(), width: canvas.width)
    }

    private static func pixels(_ tile: Tile) -> [UInt32] {
        let colours: [UInt32] = (0...255).map { level in
            level == 128 ? Ink.noData.rgb : CyclicColourMap.colours[CyclicColourMap.index(phase: (Float(level) / 256 * 2 - 1) * .pi)]
        }
        return (0..<shown * shown).map { index in
            colours[Int(tile.levels[index / shown * tile.side / shown * tile.side + index % shown * tile.side / shown])]
        }
    }

    /// Cut at its end until it fits under the tile.
    private static func shortened(_ caption: String, on canvas: Canvas) -> String {
        var text = caption
        while text.count > 4, canvas.textWidth(text, size: letters) > Double(shown + gap - 4) { text = String(text.dropLast(2)) + "…" }
        return text
    }
}
