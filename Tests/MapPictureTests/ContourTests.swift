import Domain
import Raster
import Testing

@testable import MapPicture

@Suite("Contours")
struct ContourTests {
    private func grid(_ width: Int, _ height: Int, _ value: (_ x: Int, _ y: Int) -> Float) -> RasterGrid {
        let geometry = Scenes.geometry(width, height, centre: Scenes.sierraNegra)
        return RasterGrid(geometry: geometry, values: (0..<height).flatMap { y in (0..<width).map { x in value(x, y) } })
    }

    @Test func `a hill has one closed line, as long as its circle`() throws {
        let hill = grid(101, 101) { x, y in 1 - hypot(Float(x) - 50, Float(y) - 50) / 60 }
        let lines = ContourLines(of: hill, at: 0.5).lines
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.isClosed)
        #expect(abs(line.length - 2 * .pi * 30) < 0.5)
        for point in line.points { #expect(abs(hypot(point.x - 50.5, point.y - 50.5) - 30) < 0.05) }
    }

    @Test func `a ring has two closed lines, two hills have two`() {
        let ring = grid(80, 80) { x, y in 1 - abs(hypot(Float(x) - 40, Float(y) - 40) - 20) / 10 }
        let two = grid(80, 40) { x, y in max(1 - hypot(Float(x) - 20, Float(y) - 20) / 15, 1 - hypot(Float(x) - 60, Float(y) - 20) / 15) }
        for field in [ring, two] {
            let lines = ContourLines(of: field, at: 0.5).lines
            #expect(lines.map(\.isClosed) == [true, true])
        }
    }

    @Test func `a slope has one open line from border to border`() throws {
        let lines = ContourLines(of: grid(40, 30) { x, _ in Float(x) / 39 }, at: 0.5).lines
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(!line.isClosed)
        #expect(line.points.count == 30)
        #expect(line.points.allSatisfy { abs($0.x - 20) < 0.001 })
    }

    @Test(arguments: [Float(0.4), 0.6])
    func `a saddle is cut as its mean says, and never crosses itself`(level: Float) {
        let lines = ContourLines(of: grid(2, 2) { x, y in x == y ? 1 : 0 }, at: level).lines
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.points.count == 2 && !$0.isClosed })
        // Mean 0.5. Above 0.4 the high corners hang together: the lines cut off the low ones, north-east and south-west.
        let cutsOffNorthEast = lines.contains { line in line.points.allSatisfy { $0.x + 1 - $0.y > 0.99 } && line.points.contains { $0.x == 1.5 } }
        #expect(cutsOffNorthEast == (level < 0.5))
    }

    @Test func `where data are missing a line stops`() {
        let slope = grid(40, 30) { x, y in y == 15 ? .nan : Float(x) / 39 }
        let lines = ContourLines(of: slope, at: 0.5).lines
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { !$0.isClosed })
    }

    @Test func `a flat field, a field of nothing and a single pixel have none`() {
        #expect(ContourLines(of: grid(10, 10) { _, _ in 0.3 }, at: 0.5).lines.isEmpty)
        #expect(ContourLines(of: grid(10, 10) { _, _ in 0.7 }, at: 0.5).lines.isEmpty)
        #expect(ContourLines(of: grid(10, 10) { _, _ in .nan }, at: 0.5).lines.isEmpty)
        #expect(ContourLines(of: grid(1, 1) { _, _ in 0.7 }, at: 0.5).lines.isEmpty)
    }

    @Test func `every point of a line lies at the level`() {
        let field = grid(60, 60) { x, y in 0.5 + 0.5 * Float(x * y % 7) / 7 - 0.3 * Float((x + y) % 5) / 5 }
        for line in ContourLines(of: field, at: 0.5).lines {
            for point in line.points {
                let value = field.sample(x: point.x, y: point.y) ?? .nan
                #expect(abs(value - 0.5) < 1e-4)
            }
        }
    }
}

private func hypot(_ x: Float, _ y: Float) -> Float { (x * x + y * y).squareRoot() }
private func hypot(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
