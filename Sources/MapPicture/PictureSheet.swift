import Raster

/// Where everything stands on the sheet, in pixels. Letters are larger where the sheet will be shown on a phone.
struct PictureSheet {
    let layout: PictureLayout
    let width: Int
    let height: Int
    let phase: Rectangle
    let probability: Rectangle
    /// Pixels per unit of the design, whose sheet is 1000 (side by side) or 640 (stacked) units wide.
    let unit: Double

    let titleSize: Double
    let textSize: Double
    let smallSize: Double
    /// Base lines below the sheet's upper edge.
    let titleLine: Double
    let detailLines: [Double]
    let footerTop: Double
    let margin: Double

    init(_ layout: PictureLayout, width: Int, geometry: GridGeometry) {
        self.layout = layout
        self.width = width
        let aspect = PanelMap.aspect(of: geometry)
        let sideBySide = layout == .sideBySide
        let unit = Double(width) / (sideBySide ? 1000 : 640)
        self.unit = unit
        titleSize = unit * (sideBySide ? 27 : 33)
        textSize = unit * (sideBySide ? 15 : 20)
        smallSize = unit * (sideBySide ? 12.5 : 17)
        margin = unit * 18
        let left = unit * (sideBySide ? 62 : 82), right = margin, gap = unit * 30
        titleLine = unit * (sideBySide ? 38 : 44)
        detailLines = sideBySide ? [titleLine] : [titleLine + unit * 32, titleLine + unit * 60]
        let top = unit * (sideBySide ? 86 : 146)
        let roomWide = sideBySide ? (Double(width) - left - gap - right) / 2 : Double(width) - left - right
        // Whole pixels, so that the map's pixels are copied one to one.
        let tallest = unit * (sideBySide ? 520 : 640)
        let panelHeight = min(roomWide / aspect, tallest).rounded()
        let panelWidth = min(roomWide, panelHeight * aspect).rounded()
        let spare = (roomWide - panelWidth) / 2
        let below = unit * (sideBySide ? 88 : 106)
        phase = Rectangle(x: (left + spare).rounded(), y: top.rounded(), width: panelWidth, height: panelHeight)
        var second = phase
        if sideBySide {
            second.x = (left + roomWide + gap + spare).rounded()
        } else {
            second.y = (phase.bottom + below + unit * 36).rounded()
        }
        probability = second
        footerTop = second.bottom + below
        height = Int((footerTop + unit * (sideBySide ? 58 : 136)).rounded())
    }
}
