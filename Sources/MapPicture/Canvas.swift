import CCairo

/// A white sheet to draw on, in pixels from the upper left: the only owner of its cairo surface and context.
final class Canvas {
    enum Weight { case normal, bold }
    enum Alignment { case left, centre, right }

    let width: Int
    let height: Int
    private let surface: OpaquePointer
    private let context: OpaquePointer

    init(width: Int, height: Int) throws(MapPictureError) {
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)) else {
            throw .drawing("no surface")
        }
        guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let context = cairo_create(surface) else {
            let reason = String(cString: cairo_status_to_string(cairo_surface_status(surface)))
            cairo_surface_destroy(surface)
            throw .drawing(reason)
        }
        self.width = width
        self.height = height
        self.surface = surface
        self.context = context
        useOutlinesAsDesigned()
        fill(Rectangle(x: 0, y: 0, width: Double(width), height: Double(height)), Ink.paper)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    /// No hinting: letters then do not depend on the machine's font settings.
    private func useOutlinesAsDesigned() {
        let options = cairo_font_options_create()
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_set_font_options(context, options)
        cairo_font_options_destroy(options)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    }

    /// What was drawn, `0xRRGGBB`, row-major.
    func pixels() throws(MapPictureError) -> [UInt32] {
        let state = cairo_status(context)
        guard state == CAIRO_STATUS_SUCCESS else { throw .drawing(String(cString: cairo_status_to_string(state))) }
        cairo_surface_flush(surface)
        guard let base = cairo_image_surface_get_data(surface) else { throw .drawing("the surface has no pixels") }
        let stride = Int(cairo_image_surface_get_stride(surface)), bytes = UnsafeRawPointer(base)
        return [UInt32](unsafeUninitializedCapacity: width * height) { pixels, count in
            for y in 0..<height {
                for x in 0..<width {
                    pixels[y * width + x] = bytes.load(fromByteOffset: y * stride + x * 4, as: UInt32.self) & 0xFF_FFFF
                }
            }
            count = width * height
        }
    }

    // MARK: Shapes

    func fill(_ box: Rectangle, _ ink: Ink) {
        use(ink)
        cairo_new_path(context)
        cairo_rectangle(context, box.x, box.y, box.width, box.height)
        cairo_fill(context)
    }

    /// A frame round the box's outside, so that it hides none of its pixels.
    func frame(_ box: Rectangle, _ ink: Ink, thickness: Double) {
        use(ink)
        cairo_new_path(context)
        cairo_rectangle(
            context, box.x - thickness / 2, box.y - thickness / 2, box.width + thickness, box.height + thickness)
        cairo_set_line_width(context, thickness)
        cairo_stroke(context)
    }

    func line(_ points: [Spot], closed: Bool = false, _ ink: Ink, thickness: Double, dash: Double? = nil) {
        trace(points, closed: closed)
        use(ink)
        cairo_set_line_width(context, thickness)
        if let dash { cairo_set_dash(context, [dash, dash * 0.75], 2, 0) }
        cairo_stroke(context)
        cairo_set_dash(context, nil, 0, 0)
    }

    func polygon(_ points: [Spot], _ ink: Ink, outline: Ink, thickness: Double) {
        trace(points, closed: true)
        use(outline)
        cairo_set_line_width(context, thickness * 2)
        cairo_stroke_preserve(context)
        use(ink)
        cairo_fill(context)
    }

    private func trace(_ points: [Spot], closed: Bool) {
        cairo_new_path(context)
        for point in points { cairo_line_to(context, point.x, point.y) }
        if closed { cairo_close_path(context) }
    }

    /// Runs `body` with everything outside the box masked.
    func clipped(to box: Rectangle, _ body: () -> Void) {
        cairo_save(context)
        cairo_new_path(context)
        cairo_rectangle(context, box.x, box.y, box.width, box.height)
        cairo_clip(context)
        body()
        cairo_restore(context)
    }

    /// Copies pixels (`0xRRGGBB`, row-major) one to one, with their upper left corner at whole pixels.
    func copy(_ pixels: [UInt32], width: Int, x: Int, y: Int) {
        cairo_surface_flush(surface)
        let stride = Int(cairo_image_surface_get_stride(surface))
        guard width > 0, let base = cairo_image_surface_get_data(surface) else { return }
        for row in 0..<(pixels.count / width) where (0..<height).contains(y + row) {
            let target = UnsafeMutableRawPointer(base + (y + row) * stride)
            for column in 0..<width where (0..<self.width).contains(x + column) {
                target.storeBytes(of: 0xFF00_0000 | pixels[row * width + column], toByteOffset: (x + column) * 4, as: UInt32.self)
            }
        }
        cairo_surface_mark_dirty(surface)
    }

    // MARK: Letters

    func textWidth(_ text: String, size: Double, weight: Weight = .normal) -> Double {
        choose(size, weight)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    /// - Parameters:
    ///   - spot: where the base line begins, is centred or ends.
    ///   - turn: radians clockwise round `spot`.
    ///   - halo: what to draw round the letters so that they stand out, and how wide.
    func text(
        _ text: String, at spot: Spot, size: Double, weight: Weight = .normal, align: Alignment = .left, _ ink: Ink = .text,
        turn: Double = 0, halo: (ink: Ink, width: Double)? = nil
    ) {
        let advance = textWidth(text, size: size, weight: weight)
        let shift =
            switch align {
            case .left: 0.0
            case .centre: -advance / 2
            case .right: -advance
            }
        cairo_save(context)
        cairo_translate(context, spot.x, spot.y)
        cairo_rotate(context, turn)
        cairo_new_path(context)
        cairo_move_to(context, shift, 0)
        cairo_text_path(context, text)
        if let halo {
            use(halo.ink)
            cairo_set_line_width(context, halo.width * 2)
            cairo_stroke_preserve(context)
        }
        use(ink)
        cairo_fill(context)
        cairo_restore(context)
    }

    private func choose(_ size: Double, _ weight: Weight) {
        cairo_select_font_face(
            context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, weight == .bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, size)
    }

    private func use(_ ink: Ink) {
        let part = { (shift: UInt32) in Double(ink.rgb >> shift & 255) / 255 }
        cairo_set_source_rgba(context, part(16), part(8), part(0), ink.opacity)
    }
}

struct Spot {
    var x: Double
    var y: Double
}

struct Rectangle {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    var right: Double { x + width }
    var bottom: Double { y + height }
    func inset(_ by: Double) -> Rectangle { Rectangle(x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by) }
    func contains(_ spot: Spot) -> Bool { (x...right).contains(spot.x) && (y...bottom).contains(spot.y) }
}

struct Ink {
    var rgb: UInt32
    var opacity = 1.0

    static let paper = Ink(rgb: 0xFFFFFF)
    static let text = Ink(rgb: 0x1F2328)
    static let quiet = Ink(rgb: 0x59636E)
    static let frame = Ink(rgb: 0x1F2328)
    static let halo = Ink(rgb: 0xFFFFFF, opacity: 0.85)
    /// Neutral, so that it is no colour of the cycle.
    static let noData = Ink(rgb: 0xBFBFBF)
}
