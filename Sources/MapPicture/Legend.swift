import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The colour bars below the panels, and the row of signs at the sheet's foot.
extension Panel {
    private var bar: Rectangle {
        let width = min(map.box.width, 300 * unit * (sheet.layout == .stacked ? 1.5 : 1))
        return Rectangle(
            x: map.box.x + (map.box.width - width) / 2, y: (map.box.bottom + 20 * unit + sheet.smallSize * 1.6).rounded(), width: width,
            height: 12 * unit * (sheet.layout == .stacked ? 1.3 : 1))
    }

    func drawPhaseBar(on canvas: Canvas) {
        let colours = (0..<Int(bar.width)).map { x in
            CyclicColourMap.colours[min(x * CyclicColourMap.size / max(Int(bar.width) - 1, 1), CyclicColourMap.size - 1)]
        }
        draw(colours, on: canvas)
        let y = bar.y + bar.height * 0.5 + sheet.smallSize * 0.36
        canvas.text("−π", at: Spot(x: bar.x - 6 * unit, y: y), size: sheet.smallSize, align: .right)
        canvas.text("π", at: Spot(x: bar.right + 6 * unit, y: y), size: sheet.smallSize)
        let line = bar.bottom + sheet.smallSize * 1.45
        let middle = map.box.x + map.box.width / 2
        let whole = words.cycle + "     " + words.towards
        let room = map.box.width + sheet.margin * 1.4
        if canvas.textWidth(whole, size: sheet.smallSize) <= room {
            canvas.text(whole, at: Spot(x: middle, y: line), size: sheet.smallSize, align: .centre)
        } else {
            canvas.text(words.cycle, at: Spot(x: middle, y: line), size: sheet.smallSize, align: .centre)
            canvas.text(words.towards, at: Spot(x: middle, y: line + sheet.smallSize * 1.35), size: sheet.smallSize, align: .centre)
        }
    }

    func drawProbabilityBar(on canvas: Canvas) {
        let grey = ProbabilityTint.greys.count / 2
        let colours = (0..<Int(bar.width)).map { x in
            ProbabilityTint.tinted[ProbabilityTint.step((Double(x) + 0.5) / bar.width)][grey]
        }
        draw(colours, on: canvas)
        for (value, places) in [(0.0, 0), (0.5, 1), (0.8, 1), (1.0, 0)] {
            let x = bar.x + value * bar.width
            let thickness = contourLevels.first { $0.level == value }?.thickness ?? 1
            canvas.line([Spot(x: x, y: bar.y), Spot(x: x, y: bar.bottom + 4 * unit)], .text, thickness: thickness * unit)
            canvas.text(
                scene.language.decimal(value, places: places), at: Spot(x: x, y: bar.bottom + sheet.smallSize * 1.45), size: sheet.smallSize,
                align: .centre)
        }
    }

    private func draw(_ colours: [UInt32], on canvas: Canvas) {
        let rows = Int(bar.height)
        let place = Rectangle(x: bar.x.rounded(), y: bar.y, width: Double(colours.count), height: Double(rows))
        canvas.copy((0..<rows).flatMap { _ in colours }, width: colours.count, x: Int(place.x), y: Int(place.y))
        canvas.frame(place, .frame, thickness: max(1, unit * 0.8))
    }
}

struct Legend {
    let sheet: PictureSheet

    /// - Returns: where the last row's base line begins to end.
    func draw(_ words: PictureWords, peak: PictureScene.Peak?, from start: Spot, on canvas: Canvas) -> Spot {
        var at = start
        let size = sheet.smallSize, scale = size / 14, line = size * 1.6
        let right = Double(sheet.width) - sheet.margin
        func entry(_ text: String, sign: (Spot) -> Void) {
            let width = size * 1.6 + canvas.textWidth(text, size: size)
            if at.x + width > right, at.x > start.x { at = Spot(x: start.x, y: at.y + line) }
            sign(Spot(x: at.x + size * 0.55, y: at.y - size * 0.36))
            canvas.text(text, at: Spot(x: at.x + size * 1.5, y: at.y), size: size)
            at.x += width + size * 1.4
        }
        entry(words.summit) { drawTriangle(at: Spot(x: $0.x, y: $0.y + scale), scale: scale * 0.85, on: canvas) }
        if let peak { entry(words.peak(peak)) { drawCross(at: $0, scale: scale * 0.75, on: canvas) } }
        entry(words.noData) {
            let box = Rectangle(x: $0.x - size * 0.5, y: $0.y - size * 0.4, width: size, height: size * 0.8)
            canvas.fill(box, .noData)
            canvas.frame(box, .quiet, thickness: max(0.8, scale * 0.8))
        }
        // Without the pass there is no arrow to explain.
        guard words.scene.interferogram != nil else { return at }
        entry(words.look) { drawTrackSign(centre: $0, length: size * 1.1, heading: 0.4, thickness: 1.4 * scale, on: canvas) }
        return at
    }
}
