import Domain
import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One of the two maps with its axes and marks.
struct Panel {
    let map: PanelMap
    let scene: PictureScene
    let sheet: PictureSheet
    var words: PictureWords { PictureWords(scene: scene) }
    var unit: Double { sheet.unit }

    /// Frame, title, axes, scale bar.
    func drawAround(_ letter: String, _ title: String, withLatitudes: Bool, on canvas: Canvas) {
        let box = map.box
        canvas.frame(box, .frame, thickness: max(1, unit))
        let y = box.y - 10 * unit
        canvas.text(letter, at: Spot(x: box.x, y: y), size: sheet.textSize, weight: .bold)
        canvas.text(title, at: Spot(x: box.x + sheet.textSize * 1.1, y: y), size: sheet.textSize)
        drawLongitudes(on: canvas)
        drawLatitudes(labelled: withLatitudes, on: canvas)
        drawScaleBar(on: canvas)
        if scene.isTest {
            canvas.text(
                words.test, at: Spot(x: box.x + box.width / 2, y: box.y + box.height / 2), size: box.width / 5, weight: .bold, align: .centre,
                Ink(rgb: 0x1F2328, opacity: 0.35), turn: -0.4, halo: (Ink(rgb: 0xFFFFFF, opacity: 0.35), 2 * unit))
        }
    }

    private func drawLongitudes(on canvas: Canvas) {
        let (box, geometry) = (map.box, map.geometry)
        let room = Int(box.width / (sheet.textSize * 5.2))
        let (places, decimals) = PanelMap.ticks(
            from: geometry.west, to: geometry.longitude(x: Double(geometry.width)), most: min(max(room, 1), 6))
        for place in places {
            let x = box.x + (place - geometry.west) * map.pixelsPerDegreeEast
            canvas.line([Spot(x: x, y: box.bottom), Spot(x: x, y: box.bottom + 5 * unit)], .frame, thickness: max(1, unit))
            canvas.text(
                scene.language.longitude(place, places: decimals), at: Spot(x: x, y: box.bottom + 7 * unit + sheet.smallSize),
                size: sheet.smallSize, align: .centre)
        }
    }

    private func drawLatitudes(labelled: Bool, on canvas: Canvas) {
        let (box, geometry) = (map.box, map.geometry)
        let room = Int(box.height / (sheet.textSize * 3))
        let (places, decimals) = PanelMap.ticks(
            from: geometry.latitude(y: Double(geometry.height)), to: geometry.north, most: min(max(room, 1), 6))
        for place in places {
            let y = map.y(latitude: place)
            canvas.line([Spot(x: box.x, y: y), Spot(x: box.x - 5 * unit, y: y)], .frame, thickness: max(1, unit))
            guard labelled else { continue }
            canvas.text(
                scene.language.latitude(place, places: decimals), at: Spot(x: box.x - 8 * unit, y: y + sheet.smallSize * 0.36),
                size: sheet.smallSize, align: .right)
        }
    }

    private func drawScaleBar(on canvas: Canvas) {
        guard let bar = map.scaleBar(share: 0.3) else { return }
        let size = sheet.smallSize
        let label = (bar.kilometres < 1 ? scene.language.decimal(bar.kilometres, places: 1) : "\(Int(bar.kilometres))") + " km"
        let inner = max(bar.pixels, canvas.textWidth(label, size: size))
        let plate = Rectangle(
            x: map.box.x + 8 * unit, y: map.box.bottom - 8 * unit - size * 2.1, width: inner + 16 * unit, height: size * 2.1)
        canvas.fill(plate, Ink(rgb: 0xFFFFFF, opacity: 0.8))
        let (y, x) = (plate.bottom - size * 0.5, plate.x + (plate.width - bar.pixels) / 2)
        let tick = 3.5 * unit
        canvas.line(
            [Spot(x: x, y: y - tick), Spot(x: x, y: y), Spot(x: x + bar.pixels, y: y), Spot(x: x + bar.pixels, y: y - tick)], .text,
            thickness: 2 * unit)
        canvas.text(label, at: Spot(x: plate.x + plate.width / 2, y: y - size * 0.48), size: size, align: .centre)
    }

    /// An arrow along the satellite's flight with a short bar to the side it looks to, in the upper right corner.
    func drawTrack(on canvas: Canvas) {
        guard let pass = scene.interferogram?.frame.pass else { return }
        let size = 46 * unit * (sheet.layout == .stacked ? 1.25 : 1)
        let plate = Rectangle(x: map.box.right - 8 * unit - size, y: map.box.y + 8 * unit, width: size, height: size)
        canvas.fill(plate, Ink(rgb: 0xFFFFFF, opacity: 0.8))
        let latitude = map.geometry.latitude(y: Double(map.geometry.height) / 2)
        let heading = SatelliteTrack.heading(pass, latitude: latitude) * .pi / 180
        drawTrackSign(
            centre: Spot(x: plate.x + size / 2, y: plate.y + size / 2), length: size * 0.72, heading: heading, thickness: 2 * unit, on: canvas)
    }

    /// Summit and greatest probability; each only where it lies within the map.
    func drawMarkers(on canvas: Canvas) {
        let scale = unit * (sheet.layout == .stacked ? 1.3 : 1)
        let summit = map.spot(scene.summit)
        if map.box.contains(summit) { drawTriangle(at: summit, scale: scale, on: canvas) }
        guard let peak = scene.peak else { return }
        let spot = map.spot(peak.place)
        if map.box.contains(spot) { drawCross(at: spot, scale: scale, on: canvas) }
    }
}

func drawTriangle(at spot: Spot, scale: Double, on canvas: Canvas) {
    let points = [(0, -8.5), (7.5, 5), (-7.5, 5)].map { Spot(x: spot.x + $0.0 * scale, y: spot.y + $0.1 * scale) }
    canvas.polygon(points, .text, outline: .paper, thickness: 1.6 * scale)
}

func drawCross(at spot: Spot, scale: Double, on canvas: Canvas) {
    for (ink, thickness, reach) in [(Ink.text, 5.4, 10.4), (Ink.paper, 2.6, 9.0)] {
        for (dx, dy) in [(1.0, 0.0), (0.0, 1.0)] {
            let r = reach * scale
            canvas.line(
                [Spot(x: spot.x - dx * r, y: spot.y - dy * r), Spot(x: spot.x + dx * r, y: spot.y + dy * r)], ink,
                thickness: thickness * scale)
        }
    }
}

/// - Parameter heading: radians clockwise from north.
func drawTrackSign(centre: Spot, length: Double, heading: Double, thickness: Double, on canvas: Canvas) {
    let (east, south) = (sin(heading), -cos(heading))
    /// Along the flight and to the right of it.
    func at(_ along: Double, _ aside: Double) -> Spot {
        Spot(x: centre.x + east * along - south * aside, y: centre.y + south * along + east * aside)
    }
    let half = length / 2, head = length * 0.17
    canvas.line([at(-half, 0), at(half, 0)], .text, thickness: thickness)
    canvas.line([at(half - head * 1.3, -head), at(half, 0), at(half - head * 1.3, head)], .text, thickness: thickness)
    canvas.line([at(0, 0), at(0, length * 0.32)], .text, thickness: thickness)
}
