public import Detection
public import FoundationEssentials
public import Training

/// A folder of labelled data for comparing models.
public enum JudgedSet: Sendable {
    /// Looked at whole, as the daemon does.
    case crops([ReviewedCrop])
    /// Scored in their middle.
    case patches([LabelledPatch])

    /// Reads verdicts.csv or the subfolders `deformation` and `none` of GeoTIFFs as crops; manifest.csv, or subfolders with PNGs, as patches.
    /// - Parameter side: the least a patch must have, in pixels.
    /// - Throws: `ReviewedFolderError`, `RasterError`, `DataError`.
    public init(folder: URL, least side: Int) throws {
        let hasVerdicts = FileManager.default.fileExists(atPath: folder.appending(path: "verdicts.csv").path)
        let source = FolderSource(folder: folder)
        if try !hasVerdicts && source.holdsPatches {
            self = .patches(try source.patches(least: side))
        } else {
            self = .crops(try ReviewedCrop.read(folder))
        }
    }
}

extension ModelScores {
    /// Blocks.
    /// - Throws: `DetectionError`.
    public init(of set: JudgedSet, by detector: VolcanoDetector) throws {
        switch set {
        case .crops(let crops): try self.init(of: crops, by: detector)
        case .patches(let patches): try self.init(of: patches, by: detector)
        }
    }

    /// Looks at the middle of every patch as a detector does. Blocks.
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
