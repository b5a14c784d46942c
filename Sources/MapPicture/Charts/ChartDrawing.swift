/// One chart on a sheet.
struct ChartDrawing {
    private let chart: Chart
    private let plot: Rectangle
    private let box: Rectangle
    private let x: ChartScale
    private let y: ChartScale

    /// Colours that stay apart for people who see red and green alike (Okabe and Ito 2008).
    private static let inks = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000].map { Ink(rgb: $0) }
    private let letters = 13.0
    /// Left of the plot: the axis' title, turned, and labels of six digits.
    private static let margin = 78.0

    init(_ chart: Chart, in box: Rectangle) {
        self.chart = chart
        self.box = box
        let legendLines = Double(chart.series.filter { !$0.name.isEmpty }.count)
        plot = Rectangle(x: box.x + Self.margin, y: box.y + 40, width: box.width - Self.margin - 20, height: box.height - 40 - 58 - 18 * legendLines)
        let points = chart.series.flatMap(\.points)
        x = ChartScale(chart.x, values: points.map(\.x))
        y = ChartScale(chart.y, values: points.map(\.y))
    }

    func draw(on canvas: Canvas) {
        canvas.text(chart.title, at: Spot(x: plot.x, y: box.y + 26), size: 16, weight: .bold)
        drawAxes(on: canvas)
        canvas.clipped(to: plot.inset(-3)) {
            for (index, series) in chart.series.enumerated() { draw(series, Self.inks[index % Self.inks.count], on: canvas) }
        }
        drawLegend(on: canvas)
    }

    private func drawAxes(on canvas: Canvas) {
        let grid = Ink(rgb: 0xBFBFBF, opacity: 0.5)
        for tick in x.ticks {
            guard let share = x.share(tick), (-1e-9...1 + 1e-9).contains(share) else { continue }
            let at = plot.x + share * plot.width
            canvas.line([Spot(x: at, y: plot.y), Spot(x: at, y: plot.bottom)], grid, thickness: 1)
            canvas.text(x.label(tick), at: Spot(x: at, y: plot.bottom + 17), size: letters, align: .centre, .quiet)
        }
        for tick in y.ticks {
            guard let share = y.share(tick), (-1e-9...1 + 1e-9).contains(share) else { continue }
            let at = plot.bottom - share * plot.height
            canvas.line([Spot(x: plot.x, y: at), Spot(x: plot.right, y: at)], grid, thickness: 1)
            canvas.text(y.label(tick), at: Spot(x: plot.x - 7, y: at + 4.5), size: letters, align: .right, .quiet)
        }
        canvas.frame(plot, .quiet, thickness: 1)
        canvas.text(chart.x.title, at: Spot(x: plot.x + plot.width / 2, y: plot.bottom + 38), size: letters, align: .centre)
        canvas.text(
            chart.y.title, at: Spot(x: box.x + 16, y: plot.y + plot.height / 2), size: letters, align: .centre, turn: -Double.pi / 2)
    }

    private func draw(_ series: Chart.Series, _ ink: Ink, on canvas: Canvas) {
        let spots = series.points.map { spot($0) }
        if series.style != .dots {
            for run in spots.split(whereSeparator: { $0 == nil }) where run.count > 1 {
                let isReference = series.style == .reference
                canvas.line(
                    run.compactMap(\.self), isReference ? .quiet : ink, thickness: isReference ? 1 : 2, dash: isReference ? 5 : nil)
            }
        }
        guard series.style == .dots || series.style == .lineAndDots else { return }
        for spot in spots.compactMap(\.self) { canvas.fill(Rectangle(x: spot.x - 3, y: spot.y - 3, width: 6, height: 6), ink) }
    }

    private func spot(_ point: (x: Double, y: Double)) -> Spot? {
        guard let across = x.share(point.x), let up = y.share(point.y) else { return nil }
        return Spot(x: plot.x + across * plot.width, y: plot.bottom - up * plot.height)
    }

    private func drawLegend(on canvas: Canvas) {
        var line = plot.bottom + 60
        for (index, series) in chart.series.enumerated() where !series.name.isEmpty {
            let isReference = series.style == .reference
            canvas.line(
                [Spot(x: plot.x, y: line - 4), Spot(x: plot.x + 24, y: line - 4)], isReference ? .quiet : Self.inks[index % Self.inks.count],
                thickness: isReference ? 1 : 3, dash: isReference ? 5 : nil)
            canvas.text(series.name, at: Spot(x: plot.x + 32, y: line), size: letters)
            line += 18
        }
    }
}
