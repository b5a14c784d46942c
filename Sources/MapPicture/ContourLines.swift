import Raster

/// Lines of equal value on a grid, by marching squares.
///
/// Places are in pixels, (x, y), with 0.5 at the first pixel's centre, like `GridGeometry`'s. A cell with a no-data corner has no line.
struct ContourLines {
    struct Point: Hashable {
        var x: Double
        var y: Double
    }

    struct Line {
        var points: [Point]
        /// The last point joins the first.
        var isClosed: Bool

        var length: Double {
            var sum = zip(points, points.dropFirst()).reduce(0) { $0 + distance($1.0, $1.1) }
            if isClosed, let first = points.first, let last = points.last { sum += distance(first, last) }
            return sum
        }

        private func distance(_ p: Point, _ q: Point) -> Double { ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot() }
    }

    let lines: [Line]

    init(of grid: RasterGrid, at level: Float) {
        var tracer = Tracer(width: grid.width)
        for y in 0..<max(grid.height - 1, 0) {
            for x in 0..<max(grid.width - 1, 0) { tracer.add(cellAt: x, y, in: grid, level: level) }
        }
        lines = tracer.joined()
    }
}

/// Collects the crossings of cell edges and joins them where they share an edge.
private struct Tracer {
    /// The edge from a grid point to its right (even) or lower (odd) neighbour.
    typealias Edge = Int

    let width: Int
    private var points: [Edge: ContourLines.Point] = [:]
    private var neighbours: [Edge: [Edge]] = [:]
    /// The order of discovery, so that the result does not depend on hashing.
    private var order: [Edge] = []

    init(width: Int) { self.width = width }

    mutating func add(cellAt x: Int, _ y: Int, in grid: RasterGrid, level: Float) {
        let (nw, ne, sw, se) = (grid[y, x], grid[y, x + 1], grid[y + 1, x], grid[y + 1, x + 1])
        let mask = (nw >= level ? 8 : 0) | (ne >= level ? 4 : 0) | (se >= level ? 2 : 0) | (sw >= level ? 1 : 0)
        // NaN compares as below, so a cell with one must be left out before the empty ones are.
        guard mask != 0, mask != 15, !(nw + ne + sw + se).isNaN else { return }
        let corner = y * width + x
        let (top, left) = (corner * 2, corner * 2 + 1)
        let (bottom, right) = ((corner + width) * 2, (corner + 1) * 2 + 1)
        func share(_ a: Float, _ b: Float) -> Double { Double((level - a) / (b - a)) }
        let (px, py) = (Double(x) + 0.5, Double(y) + 0.5)
        func place(_ edge: Edge) -> ContourLines.Point {
            if edge == top { return .init(x: px + share(nw, ne), y: py) }
            if edge == bottom { return .init(x: px + share(sw, se), y: py + 1) }
            if edge == left { return .init(x: px, y: py + share(nw, sw)) }
            return .init(x: px + 1, y: py + share(ne, se))
        }
        func connect(_ a: Edge, _ b: Edge) {
            for edge in [a, b] where points[edge] == nil {
                points[edge] = place(edge)
                order.append(edge)
            }
            neighbours[a, default: []].append(b)
            neighbours[b, default: []].append(a)
        }
        // A saddle is cut so that the cell's mean decides which pair of corners hangs together.
        let centreIsAbove = (nw + ne + sw + se) / 4 >= level
        switch mask {
        case 1, 14: connect(left, bottom)
        case 2, 13: connect(bottom, right)
        case 3, 12: connect(left, right)
        case 4, 11: connect(top, right)
        case 6, 9: connect(top, bottom)
        case 7, 8: connect(left, top)
        default:
            // Two opposite corners are above. Mask 5 are south-west and north-east, 10 the others.
            if (mask == 5) == centreIsAbove {
                connect(left, top)
                connect(bottom, right)
            } else {
                connect(left, bottom)
                connect(top, right)
            }
        }
    }

    consuming func joined() -> [ContourLines.Line] {
        var used: Set<Edge> = []
        // Open lines first, from their ends; what is left is closed.
        let ends = order.filter { neighbours[$0]?.count == 1 }
        var lines: [ContourLines.Line] = []
        for (starts, isClosed) in [(ends, false), (order, true)] {
            for start in starts where !used.contains(start) {
                let points = walk(from: start, using: &used)
                if points.count > 1 { lines.append(.init(points: points, isClosed: isClosed)) }
            }
        }
        return lines
    }

    private func walk(from start: Edge, using used: inout Set<Edge>) -> [ContourLines.Point] {
        var path: [ContourLines.Point] = []
        var next: Edge? = start
        while let edge = next, used.insert(edge).inserted {
            if let point = points[edge] { path.append(point) }
            next = neighbours[edge]?.first { !used.contains($0) }
        }
        return path
    }
}
