import Domain
import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The levels that are drawn: from the first a place counts as flagged, from the second strongly so (Anantrasirichai et al. 2018).
let contourLevels: [(level: Double, thickness: Double)] = [(0.5, 1.4), (0.8, 2.4)]

extension Panel {
    /// - Parameters: shares (0 to 1) of the panel's width and height.
    func probability(_ x: Double, _ y: Double) -> Double? {
        guard let grid = scene.probability else { return nil }
        let longitude = map.geometry.longitude(x: x * Double(map.geometry.width))
        let latitude = map.geometry.latitude(y: y * Double(map.geometry.height))
        return grid.sample(x: grid.geometry.column(longitude: longitude), y: grid.geometry.row(latitude: latitude))
    }

    func drawContours(on canvas: Canvas) {
        guard let grid = scene.probability else {
            canvas.text(
                words.notClassified, at: Spot(x: map.box.x + map.box.width / 2, y: map.box.y + map.box.height / 2), size: sheet.textSize,
                align: .centre, .quiet, halo: (.halo, 3 * unit))
            return
        }
        let scale = unit * (sheet.layout == .stacked ? 1.25 : 1)
        let drawn = contourLevels.map { contour in
            (
                contour: contour,
                lines: ContourLines(of: grid, at: Float(contour.level)).lines.map { line in
                    (spots: line.points.map { map.spot($0, in: grid.geometry) }, isClosed: line.isClosed)
                }
            )
        }
        for (contour, lines) in drawn {
            for line in lines {
                stroke(line.spots, closed: line.isClosed, thickness: contour.thickness * scale, on: canvas)
            }
        }
        var taken = [scene.summit, scene.peak?.place].compactMap(\.self).map { map.spot($0) }
        for (contour, lines) in drawn {
            guard let longest = lines.max(by: { $0.spots.count < $1.spots.count }),
                let label = placeForLabel(on: longest.spots, awayFrom: taken)
            else { continue }
            taken.append(label.spot)
            let size = sheet.smallSize * 1.05
            let below = Spot(x: label.spot.x - sin(label.turn) * size * 0.36, y: label.spot.y + cos(label.turn) * size * 0.36)
            canvas.text(
                scene.language.decimal(contour.level, places: 1), at: below, size: size, weight: .bold, align: .centre,
                turn: label.turn, halo: (.halo, 3.2 * scale))
        }
    }

    private func stroke(_ spots: [Spot], closed: Bool, thickness: Double, on canvas: Canvas) {
        canvas.clipped(to: map.box) {
            canvas.line(spots, closed: closed, .halo, thickness: thickness + 2.2 * unit)
            canvas.line(spots, closed: closed, .text, thickness: thickness)
        }
    }

    /// The straightest place on a line that is clear of the panel's edges and of other marks; nil on a line too short to carry a label.
    private func placeForLabel(on spots: [Spot], awayFrom taken: [Spot]) -> (spot: Spot, turn: Double)? {
        let reach = sheet.smallSize * 1.3
        let inner = map.box.inset(sheet.smallSize * 2.2)
        let corner = Rectangle(x: map.box.x, y: map.box.bottom - 60 * unit, width: 150 * unit, height: 60 * unit)
        var best: (score: Double, spot: Spot, turn: Double)?
        for i in stride(from: 0, to: spots.count, by: max(1, spots.count / 200)) {
            let spot = spots[i]
            guard inner.contains(spot), !corner.contains(spot) else { continue }
            guard let before = spots[..<i].last(where: { distance($0, spot) > reach }),
                let after = spots[i...].first(where: { distance($0, spot) > reach })
            else { continue }
            let straightness = distance(before, after) / (distance(before, spot) + distance(spot, after))
            let clearance = taken.map { distance($0, spot) }.min() ?? .infinity
            guard clearance > sheet.smallSize * 2.6 else { continue }
            var turn = atan2(after.y - before.y, after.x - before.x)
            if turn > .pi / 2 { turn -= .pi }
            if turn < -.pi / 2 { turn += .pi }
            // Level letters read best: a line that runs upright counts as half as straight.
            let score = straightness * (0.5 + 0.5 * cos(turn)) + min(clearance / map.box.width, 0.5) * 0.2
            if score > best?.score ?? 0.2 { best = (score, spot, turn) }
        }
        return best.map { ($0.spot, $0.turn) }
    }

    private func distance(_ p: Spot, _ q: Spot) -> Double { ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot() }
}
