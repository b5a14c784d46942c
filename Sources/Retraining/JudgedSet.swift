public import Detection
public import FoundationEssentials
public import Training

/// A folder of labelled data for comparing models.
public enum JudgedSet: Sendable {
    /// Looked at whole, as the daemon does.
    case crops([ReviewedCrop])
    /// Scored in their middle.
    case patches([LabelledPatch])

    /// Reads verdicts.csv, or the subfolders `deformation` and `none` of GeoTIFFs, as crops; manifest.csv, or subfolders of PNGs, as patches.
    /// - Parameter side: the least a patch must have, in pixels.
    /// - Throws: `ReviewedFolderError`, also where it cannot be told which of both it is; `RasterError`, `DataError`.
    public init(folder: URL, least side: Int) throws {
        func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }
        func refuse(_ why: String) -> ReviewedFolderError { ReviewedFolderError(description: "\(folder.path) \(why)") }
        let source = FolderSource(folder: folder)
        if holds("verdicts.csv") {
            self = .crops(try ReviewedCrop.read(folder))
        } else if holds("manifest.csv") {
            self = .patches(try source.patches(least: side))
        } else {
            switch try source.endings {
            case []:
                throw refuse(
                    "holds nothing to judge by: expected verdicts.csv or manifest.csv, or the subfolders deformation and none with GeoTIFFs or PNGs")
            case ["png"]: self = .patches(try source.patches(least: side))
            case let endings where endings.contains("png"):
                throw refuse("holds PNGs and GeoTIFFs, which may be whole crops or patches: list patches in manifest.csv, or take the PNGs away")
            default: self = .crops(try ReviewedCrop.read(folder))
            }
        }
    }

    public enum Kind: String, Codable, Sendable { case crops, patches }

    public var kind: Kind {
        switch self {
        case .crops: .crops
        case .patches: .patches
        }
    }
}

extension ModelScores {
    /// Blocks.
    /// - Throws: `DetectionError`, `ShapeError`.
    public init(of set: JudgedSet, by detector: VolcanoDetector) throws {
        switch set {
        case .crops(let crops): try self.init(of: crops, by: detector)
        case .patches(let patches): try self.init(of: patches, by: detector)
        }
    }

    /// Looks at the middle of every patch as a detector does. Blocks.
    /// - Parameter patches: each at least as large as the model's input.
    /// - Throws: `ShapeError`.
    public init(of patches: [LabelledPatch], by detector: VolcanoDetector) throws {
        let model = detector.model
        let probabilities = try model.probabilities(
            of: patches.map { $0.centre(model.side) }, viewsFrom: detector.settings.viewsFrom, threads: detector.threads)
        let cases = zip(patches, probabilities).map {
            Case(name: $0.name, volcano: $0.group, isDeformation: $0.label == .deformation, pMax: $1)
        }
        self.init(model: model.id, cases: cases)
    }
}
