import Domain
import Foundation
import MapPicture
import Raster
import Testing

/// Writes pictures to look at: `FRINGEWATCH_SAMPLE_PICTURES=folder swift test --filter SamplePictures`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["FRINGEWATCH_SAMPLE_PICTURES"] != nil))
struct SamplePictures {
    @Test(arguments: PictureLayout.allCases, Language.allCases)
    func `a sample of each layout and language is written`(layout: PictureLayout, language: Language) throws {
        let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["FRINGEWATCH_SAMPLE_PICTURES"]))
        let png = try MapPicture.render(Scenes.inflating(language: language), layout: layout)
        try png.write(to: folder.appending(path: "sample-\(layout.rawValue)-\(language.rawValue).png"))
        #expect(png.count < 400_000)
    }

    /// A real pair, with a probability that stands in for a classifier's.
    @Test(.enabled(if: RealFrame.folder != nil), arguments: PictureLayout.allCases)
    func `a sample of a real pair is written`(layout: PictureLayout) throws {
        let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["FRINGEWATCH_SAMPLE_PICTURES"]))
        let pair = "20240106_20240211"
        let file = try #require(RealFrame.folder).appending(path: "interferograms/\(pair)/\(pair).geo.diff_pha.tif")
        var scene = Scenes.inflating()
        scene.phase = try GeoTIFFFile(file).crop(as: .wrappedPhase, around: Scenes.sierraNegra)
        let clock = ContinuousClock(), start = clock.now
        let png = try MapPicture.render(scene, layout: layout)
        print("\(layout.rawValue): \(png.count) bytes in \(clock.now - start)")
        try png.write(to: folder.appending(path: "real-\(layout.rawValue).png"))
        #expect(png.count < 500_000)
    }
}

enum RealFrame {
    /// The folder of the real frame, where the shared data are present.
    static let folder: URL? = {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data =
            ProcessInfo.processInfo.environment["FRINGEWATCH_TEST_DATA"].map { URL(filePath: $0) }
            ?? repository.deletingLastPathComponent().appending(path: "shared/data")
        let frame = data.appending(path: "licsar/106A_09048_000909")
        return FileManager.default.fileExists(atPath: frame.path) ? frame : nil
    }()
}
