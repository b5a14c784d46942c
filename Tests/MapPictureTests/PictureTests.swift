import Domain
import Foundation
import Raster
import Testing

@testable import MapPicture

@Suite("Map pictures")
struct PictureTests {
    private func drawn(_ scene: PictureScene, _ layout: PictureLayout = .sideBySide, width: Int = 1000) throws -> Drawn {
        let (canvas, sheet) = try MapPicture.draw(scene, layout: layout, width: width)
        return Drawn(pixels: try canvas.pixels(), sheet: sheet)
    }

    @Test(arguments: [Float(-3), -1.5, 0, 1, 3.1])
    func `a phase has its colour of the cycle`(phase: Float) throws {
        let picture = try drawn(Scenes.flat(phase))
        let spot = picture.at(picture.sheet.phase, 0.5, 0.4)
        #expect(spot == CyclicColourMap.colours[CyclicColourMap.index(phase: phase)])
    }

    @Test func `the mean of phases on both sides of the jump lies at the jump, not at zero`() throws {
        var scene = Scenes.flat(0, width: 1600, height: 1600)
        for i in scene.phase.values.indices { scene.phase.values[i] = (i + i / 1600) % 2 == 0 ? 3.1 : -3.1 }
        let picture = try drawn(scene)
        let index = CyclicColourMap.colours.firstIndex(of: picture.at(picture.sheet.phase, 0.5, 0.4)) ?? -1
        #expect(index <= 4 || index >= CyclicColourMap.size - 4)
    }

    @Test func `no data is the neutral grey in both maps`() throws {
        let picture = try drawn(Scenes.inflating())
        // The lake of the scene.
        #expect(picture.at(picture.sheet.phase, 0.8, 0.24) == Ink.noData.rgb)
        #expect(picture.at(picture.sheet.probability, 0.8, 0.24) == Ink.noData.rgb)
    }

    @Test(arguments: [(Float(0.05), 0), (0.55, 5), (0.95, 9)])
    func `a probability has its tint over the grey of the phase`(probability: Float, step: Int) throws {
        let picture = try drawn(Scenes.flat(1, probability: probability))
        let grey = CyclicColourMap.greyLevels[CyclicColourMap.index(phase: 1)]
        #expect(picture.at(picture.sheet.probability, 0.5, 0.4) == ProbabilityTint.tinted[step][grey])
    }

    @Test(arguments: PictureLayout.allCases)
    func `a scene without any data is still a map`(layout: PictureLayout) throws {
        let picture = try drawn(Scenes.flat(.nan, probability: .nan), layout, width: layout.standardWidth)
        #expect(picture.at(picture.sheet.phase, 0.5, 0.4) == Ink.noData.rgb)
        #expect(picture.at(picture.sheet.probability, 0.5, 0.4) == Ink.noData.rgb)
        #expect(try MapPicture.render(Scenes.flat(.nan), layout: layout).count < 60_000)
    }

    @Test func `the summit is marked where it is`() throws {
        let picture = try drawn(Scenes.flat(1))
        #expect(picture.at(picture.sheet.phase, 0.5, 0.5) == Ink.text.rgb)
        #expect(picture.at(picture.sheet.probability, 0.5, 0.5) == Ink.text.rgb)
    }

    @Test(arguments: [(40, 1000), (1000, 40), (1, 1), (3, 500), (2000, 2000)], PictureLayout.allCases)
    func `any shape of grid becomes a picture of a sane size`(size: (width: Int, height: Int), layout: PictureLayout) throws {
        let picture = try drawn(Scenes.flat(1, probability: 0.6, width: size.width, height: size.height), layout)
        #expect((200...3200).contains(picture.sheet.height))
        #expect(picture.sheet.phase.width >= 100 && picture.sheet.phase.height >= 100)
        #expect(picture.sheet.phase.right <= Double(picture.sheet.width) && picture.sheet.probability.bottom < Double(picture.sheet.height))
    }

    @Test func `far north the map is as narrow as the ground and its scale bar as true`() throws {
        let north = try #require(GeoPoint(latitude: 80, longitude: 20))
        let geometry = Scenes.geometry(500, 500, centre: north)
        // cos 80 degrees is 0.17; a third is as thin as a map may be.
        #expect(PanelMap.aspect(of: geometry) == 1.0 / 3)
        let map = PanelMap(box: Rectangle(x: 0, y: 0, width: 150, height: 450), geometry: geometry)
        let bar = try #require(map.scaleBar(share: 0.3))
        let west = try #require(GeoPoint(latitude: 80, longitude: 20))
        let east = try #require(GeoPoint(latitude: 80, longitude: 20 + bar.pixels / map.pixelsPerDegreeEast))
        #expect(abs(west.distance(to: east) / 1000 - bar.kilometres) < 0.01 * bar.kilometres)
        _ = try drawn(Scenes.flat(1, at: north))
    }

    @Test(arguments: [179.9, -179.9])
    func `a map across the 180th meridian has its summit inside`(longitude: Double) throws {
        let summit = try #require(GeoPoint(latitude: 52, longitude: longitude))
        for west in [179.7, -180.3] {
            let geometry = GridGeometry(width: 600, height: 500, west: west, north: 52.25, pixelWidth: 0.001, pixelHeight: 0.001)
            let map = PanelMap(box: Rectangle(x: 10, y: 10, width: 600, height: 500), geometry: geometry)
            #expect(abs(map.x(longitude: longitude) - (longitude > 0 ? 210 : 410)) < 0.01)
            #expect(map.box.contains(map.spot(summit)))
        }
    }

    struct Axis {
        let low, high: Double
        let most: Int
        let labels: [String]
    }

    @Test(arguments: [
        Axis(low: -91.42, high: -90.92, most: 6, labels: ["91.4°W", "91.3°W", "91.2°W", "91.1°W", "91.0°W"]),
        Axis(low: 179.7, high: 180.3, most: 4, labels: ["179.8°E", "180.0°W", "179.8°W"]),
        Axis(low: -0.02, high: 0.02, most: 3, labels: ["0.02°W", "0.00°", "0.02°E"]), Axis(low: 10, high: 10.0001, most: 4, labels: ["10.000°E"]),
    ])
    func `ticks stand at round degrees`(axis: Axis) {
        let (places, decimals) = PanelMap.ticks(from: axis.low, to: axis.high, most: axis.most)
        #expect(places.map { Language.english.longitude($0, places: decimals) } == axis.labels)
    }

    /// Published headings of Sentinel-1 near the equator are about -12 and -168 degrees; they turn to the west with latitude.
    @Test(arguments: [(Pass.ascending, 0.0, 348.0), (.descending, 0.0, 192.0), (.ascending, 45.0, 345.5), (.descending, 64.0, 200.0)])
    func `the flight's direction is Sentinel-1's`(pass: Pass, latitude: Double, heading: Double) {
        #expect(abs(SatelliteTrack.heading(pass, latitude: latitude) - heading) < 2)
        #expect(SatelliteTrack.heading(pass, latitude: 89).isFinite)
    }

    @Test(arguments: PictureLayout.allCases, Language.allCases)
    func `a scene gives the same bytes each time, few enough to be mailed`(layout: PictureLayout, language: Language) throws {
        let png = try MapPicture.render(Scenes.inflating(language: language), layout: layout)
        #expect(try MapPicture.render(Scenes.inflating(language: language), layout: layout) == png)
        #expect((40_000...320_000).contains(png.count))
    }

    @Test func `a test is written across both maps`() throws {
        var scene = Scenes.flat(1, probability: 0.05)
        let real = try drawn(scene)
        scene.isTest = true
        let test = try drawn(scene)
        for box in [real.sheet.phase, real.sheet.probability] {
            let changed = test.difference(from: real, in: box)
            #expect(changed > 2_000)
        }
    }

    @Test func `what cannot be drawn is refused with its reason`() {
        let empty = GridGeometry(width: 0, height: 5, west: 0, north: 0, pixelWidth: 0.001, pixelHeight: 0.001)
        var scene = Scenes.flat(1)
        #expect(throws: MapPictureError.unusableWidth(20)) { try MapPicture.render(scene, width: 20) }
        scene.phase = RasterGrid(geometry: empty, values: [])
        #expect(throws: MapPictureError.emptyGrid) { try MapPicture.render(scene) }
    }

    @Test func `the alternative text tells the finding`() {
        let english = MapPicture.alternativeText(Scenes.inflating())
        #expect(english.contains("greatest probability, 0.97, is at 0.812°S, 91.190°W, 3.0 km NW of the summit."))
        let spanish = MapPicture.alternativeText(Scenes.inflating(language: .spanish))
        #expect(spanish.contains("La probabilidad máxima, 0,97, está en 0,812°S; 91,190°O, a 3,0 km al NO de la cumbre."))
    }

    @Test(arguments: PictureLayout.allCases, Language.allCases)
    func `a picture of a file without a name tells neither dates nor frame nor flight`(layout: PictureLayout, language: Language) throws {
        var scene = Scenes.inflating(language: language)
        let named = try MapPicture.render(scene, layout: layout)
        scene.interferogram = nil
        #expect(try MapPicture.render(scene, layout: layout) != named)
        let text = MapPicture.alternativeText(scene)
        #expect(text.contains("Sierra Negra") && text.contains(language == .english ? "0.97" : "0,97"))
        for absent in ["2024", "106A", "ascending", "ascendente"] { #expect(!text.contains(absent)) }
        let words = PictureWords(scene: scene)
        #expect(words.dates == nil && words.frame == nil && words.credit == nil)
    }

    /// Python's zlib reads what ours wrote; chunks and their checks are compared with the standard's rules.
    @Test func `python decodes the file to the pixels that were drawn`() throws {
        let scene = Scenes.inflating(size: 120)
        let (canvas, sheet) = try MapPicture.draw(scene, layout: .sideBySide, width: 400)
        let script = """
            import sys, zlib, struct
            d = sys.stdin.buffer.read(); assert d[:8] == b"\\x89PNG\\r\\n\\x1a\\n"
            at, chunks = 8, []
            while at < len(d):
                n, t = struct.unpack(">I4s", d[at:at+8]); body = d[at+8:at+8+n]
                assert struct.unpack(">I", d[at+8+n:at+12+n])[0] == zlib.crc32(t + body); chunks.append((t, body)); at += 12 + n
            assert [t for t, _ in chunks] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
            w, h, depth, kind, *rest = struct.unpack(">IIBBBBB", chunks[0][1]); assert (depth, kind, rest) == (8, 3, [0, 0, 0])
            p, raw, out = chunks[1][1], zlib.decompress(chunks[2][1]), bytearray()
            for y in range(h):
                row = raw[y*(w+1):(y+1)*(w+1)]; assert row[0] == 0
                for i in row[1:]: out += p[3*i:3*i+3]
            sys.stdout.buffer.write(bytes(out))
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "picture-\(UUID().uuidString).png")
        try MapPicture.render(scene, width: 400).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        try process.run()
        let decoded = Array(try output.fileHandleForReading.readToEnd() ?? Data())
        process.waitUntilExit()
        let pixels = try canvas.pixels()
        try #require(decoded.count == pixels.count * 3)
        let palette = Set(PalettePNG.palette)
        var (exact, off) = (0, 0)
        for (i, pixel) in pixels.enumerated() {
            let read = UInt32(decoded[3 * i]) << 16 | UInt32(decoded[3 * i + 1]) << 8 | UInt32(decoded[3 * i + 2])
            if palette.contains(pixel) { exact += read == pixel ? 1 : -1_000_000 } else { off += 1 }
        }
        #expect(exact > off * 4 && sheet.width == 400)
    }
}

/// A picture before it is packed.
private struct Drawn {
    let pixels: [UInt32]
    let sheet: PictureSheet

    /// - Parameters: shares of the panel's width and height.
    func at(_ box: Rectangle, _ x: Double, _ y: Double) -> UInt32 {
        pixels[Int(box.y + box.height * y) * sheet.width + Int(box.x + box.width * x)]
    }

    func difference(from other: Drawn, in box: Rectangle) -> Int {
        (Int(box.y)..<Int(box.bottom)).reduce(0) { sum, y in
            sum + (Int(box.x)..<Int(box.right)).count { pixels[y * sheet.width + $0] != other.pixels[y * sheet.width + $0] }
        }
    }
}

@Test(arguments: [
    ([1, 5], ["1", "2", "3", "4", "5"]), ([0.9774, 0.9791], ["0.9770", "0.9775", "0.9780", "0.9785", "0.9790", "0.9795"]),
    ([0, 3e-4], ["0", "1e-4", "2e-4", "3e-4"]), ([0.3, 0.7], ["0.3", "0.4", "0.5", "0.6", "0.7"]), ([-20, 60], ["-20", "0", "20", "40", "60"]),
])
func `a chart's axis has as many decimals as its step`(values: [Double], labels: [String]) {
    let scale = ChartScale(Chart.Axis("x"), values: values)
    #expect(scale.ticks.map(scale.label) == labels)
}
