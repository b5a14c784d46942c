public import FoundationEssentials
import Raster

/// Draws the picture that goes with an alert: the wrapped phase, and beside or below it the same with the probability of deformation.
///
/// The same scene gives the same bytes on machines with the same cairo and fonts (DejaVu Sans).
public enum MapPicture {
    /// - Parameter width: pixels, 300 to 4000; the layout's own width by default.
    /// - Returns: a PNG.
    public static func render(
        _ scene: PictureScene, layout: PictureLayout = .sideBySide, width: Int? = nil
    ) throws(MapPictureError) -> Data {
        let drawing = try draw(scene, layout: layout, width: width ?? layout.standardWidth)
        return try PalettePNG.encode(try drawing.canvas.pixels(), width: drawing.sheet.width)
    }

    static func draw(
        _ scene: PictureScene, layout: PictureLayout, width: Int
    ) throws(MapPictureError) -> (canvas: Canvas, sheet: PictureSheet) {
        guard (300...4000).contains(width) else { throw .unusableWidth(width) }
        let geometry = scene.phase.geometry
        guard geometry.width > 0, geometry.height > 0, geometry.pixelWidth > 0, geometry.pixelHeight > 0 else { throw .emptyGrid }
        let sheet = PictureSheet(layout, width: width, geometry: geometry)
        let canvas = try Canvas(width: sheet.width, height: sheet.height)
        drawPanels(scene, sheet, on: canvas)
        drawHead(scene, sheet, on: canvas)
        drawFoot(scene, sheet, on: canvas)
        return (canvas, sheet)
    }

    /// One paragraph that says what the picture shows, for people and programs that cannot see it.
    public static func alternativeText(_ scene: PictureScene) -> String { PictureWords(scene: scene).alternative }

    private static func drawPanels(_ scene: PictureScene, _ sheet: PictureSheet, on canvas: Canvas) {
        let words = PictureWords(scene: scene)
        let image = PhaseImage(scene.phase, width: Int(sheet.phase.width), height: Int(sheet.phase.height))
        let phase = Panel(map: PanelMap(box: sheet.phase, geometry: scene.phase.geometry), scene: scene, sheet: sheet)
        canvas.copy(image.coloured(), width: image.width, x: Int(sheet.phase.x), y: Int(sheet.phase.y))
        phase.drawAround("a", words.phaseTitle, withLatitudes: true, on: canvas)
        phase.drawTrack(on: canvas)
        phase.drawMarkers(on: canvas)
        phase.drawPhaseBar(on: canvas)

        let second = Panel(map: PanelMap(box: sheet.probability, geometry: scene.phase.geometry), scene: scene, sheet: sheet)
        let pixels = image.greyed { x, y in second.probability(x, y) }
        canvas.copy(pixels, width: image.width, x: Int(sheet.probability.x), y: Int(sheet.probability.y))
        second.drawContours(on: canvas)
        second.drawAround("b", words.probabilityTitle, withLatitudes: sheet.layout == .stacked, on: canvas)
        second.drawMarkers(on: canvas)
        second.drawProbabilityBar(on: canvas)
    }

    private static func drawHead(_ scene: PictureScene, _ sheet: PictureSheet, on canvas: Canvas) {
        let words = PictureWords(scene: scene)
        let left = sheet.margin, right = Double(sheet.width) - sheet.margin
        let details = [words.dates, words.frame].compactMap(\.self)
        var room = right - left
        if sheet.layout == .sideBySide {
            let line = details.joined(separator: "  ·  ")
            canvas.text(line, at: Spot(x: right, y: sheet.detailLines[0]), size: sheet.textSize, align: .right, .quiet)
            if !line.isEmpty { room -= canvas.textWidth(line, size: sheet.textSize) + 24 * sheet.unit }
        } else {
            for (line, y) in zip(details, sheet.detailLines) {
                canvas.text(line, at: Spot(x: left, y: y), size: sheet.textSize, .quiet)
            }
        }
        // A long name is written smaller, never cut: two volcanoes may differ in their last letters only.
        let name = (scene.isTest ? words.test + ": " : "") + scene.volcano
        let size = min(sheet.titleSize, sheet.titleSize * room / max(canvas.textWidth(name, size: sheet.titleSize, weight: .bold), 1))
        canvas.text(name, at: Spot(x: left, y: sheet.titleLine), size: size, weight: .bold)
    }

    private static func drawFoot(_ scene: PictureScene, _ sheet: PictureSheet, on canvas: Canvas) {
        let words = PictureWords(scene: scene)
        let left = sheet.margin, right = Double(sheet.width) - sheet.margin, line = sheet.smallSize * 1.6
        let first = Spot(x: left, y: sheet.footerTop + line)
        var next = Legend(sheet: sheet).draw(words, peak: scene.peak, from: first, on: canvas)
        next.x = left
        next.y += line * 1.1
        if sheet.layout == .sideBySide {
            canvas.text(words.credit ?? "", at: next, size: sheet.smallSize, .quiet)
            canvas.text(words.caution, at: Spot(x: right, y: next.y), size: sheet.smallSize, align: .right, .quiet)
        } else {
            for text in [words.credit, words.caution].compactMap(\.self) {
                let size = min(sheet.smallSize, sheet.smallSize * (right - left) / canvas.textWidth(text, size: sheet.smallSize))
                canvas.text(text, at: next, size: size, .quiet)
                next.y += line
            }
        }
    }
}
