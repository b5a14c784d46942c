import ArgumentParser
import Configuration
import Daemon
import Detection
import Domain
import Foundation
import NeuralNetwork

struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Look for deformation in wrapped interferograms, exactly as the daemon does.",
        discussion: """
            Takes GeoTIFFs of wrapped phase (such as 20240106_20240211.geo.diff_pha.tif) and folders of them; coherence (.geo.cc.tif) \
            beside a file is used. Every volcano of the built-in list whose summit lies in the image gets its 0.5 x 0.5 degree crop; \
            with --at, that place does. Exit code 1 if a file could not be read; the others are still scanned.
            """)

    @Argument(help: "Files and folders.", completion: .file(extensions: ["tif"]))
    var paths: [String]

    @Option(name: .long, help: ArgumentHelp("Only these volcanoes, by number or name; may be repeated.", valueName: "volcano"))
    var volcano: [String] = []

    @Option(name: .long, help: ArgumentHelp("A place instead of volcanoes: latitude,longitude in degrees.", valueName: "lat,lon"))
    var at: String?

    @Option(name: .long, help: ArgumentHelp("Write a picture of every crop into this folder.", valueName: "folder"), completion: .directory)
    var image: String?

    @Option(name: .long, help: "Weights of another model (safetensors with its card beside it).", completion: .file(extensions: ["safetensors"]))
    var model: String?

    @Option(
        name: .shortAndLong,
        help: "Use the model in force and the limits of this configuration, such as /etc/fringewatch/config.yaml, not the shipped ones.",
        completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(name: .long, help: "Threads; several files are looked at side by side.")
    var threads = 2

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if threads < 1 { throw ValidationError("--threads must be 1 or more") }
        if config != nil && model != nil { throw ValidationError("use either --config or --model") }
        if at != nil && !volcano.isEmpty { throw ValidationError("use either --at or --volcano") }
    }

    func run() async throws {
        FreedMemory.keep()
        let scanner: FileScanner
        do {
            let (weights, settings) = try judgement()
            scanner = try FileScanner(
                installation: try Installation.find(), model: weights, settings: settings, threads: threads, target: try target(),
                pictures: image.map { URL(fileURLWithPath: $0) })
        } catch let error as ValidationError {
            throw error
        } catch let code as ExitCode {
            throw code
        } catch {
            say("fringewatch: \(error)")
            throw Exit.failure
        }
        let files = try FileScanner.files(paths.map { URL(fileURLWithPath: $0) })
        guard !files.isEmpty else {
            say("no wrapped interferogram found: they are called yyyymmdd_yyyymmdd.geo.diff_pha.tif, or name the files one by one")
            throw Exit.failure
        }
        let showsProgress = isatty(STDERR_FILENO) == 1
        let began = Date()
        let outcomes = scanner.scan(files) { index, file in
            if showsProgress { Self.progress(index, of: files.count, began, file) }
        }
        if showsProgress { FileHandle.standardError.write(Data("\u{1b}[2K\r".utf8)) }
        var (results, failed): ([FileScanner.Result], Int) = ([], 0)
        for outcome in outcomes {
            do {
                results += try outcome.get()
            } catch {
                say("fringewatch: \(printable("\(error)"))")
                failed += 1
            }
        }
        if try !output.printedJSON(results), !results.isEmpty { print(Self.table(results)) }
        if failed > 0 {
            say("\(failed) of \(files.count) files could not be scanned")
            throw Exit.failure
        }
    }

    /// Weights (nil: the shipped ones) and limits.
    private func judgement() throws -> (weights: URL?, settings: DetectionSettings) {
        guard let config else { return (model.map { URL(fileURLWithPath: $0) }, DetectionSettings()) }
        var options = ConfigurationOptions()
        options.config = config
        let desk = try ModelCommand.Desk(options)
        return (try desk.weightsInForce(), DetectionSettings(desk.settings.detection))
    }

    private func target() throws -> FileScanner.Target {
        guard let at else { return volcano.isEmpty ? .all : .volcanoes(volcano) }
        let parts = at.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
        guard parts.count == 2, let place = GeoPoint(latitude: parts[0], longitude: parts[1]) else {
            throw ValidationError("--at \(at): write latitude,longitude in degrees, such as --at=-0.83,-91.17")
        }
        return .place(place)
    }

    static func table(_ results: [FileScanner.Result]) -> String {
        var table = Table([
            ("file", .left), ("volcano", .left), ("P_max", .right), ("place", .left), ("km", .right), ("area>0.5", .right), ("area>0.8", .right),
            ("LOS cm", .right), ("valid", .right), ("coh", .right), ("note", .left),
        ])
        for result in results {
            let name = result.volcanoName
            switch result.result {
            case .scored(let finding):
                table.add([
                    result.file, name, decimal(finding.pMax.value, 3),
                    "\(decimal(finding.place.latitude, 3)),\(decimal(finding.place.longitude, 3))",
                    decimal(finding.distance / 1000, 1), decimal(finding.areaAbove50, 0), decimal(finding.areaAbove80, 0),
                    finding.motion.map { decimal($0.centimetres, 1) } ?? "-", decimal(finding.quality.validShare * 100, 0) + " %",
                    finding.quality.meanCoherence.map { decimal($0, 2) } ?? "-", result.remark ?? "",
                ])
            case .notAssessable(let why):
                table.add([
                    result.file, name, "-", "-", "-", "-", "-", "-", decimal(why.quality.validShare * 100, 0) + " %",
                    why.quality.meanCoherence.map { decimal($0, 2) } ?? "-", "not assessable: \(why.explanation)",
                ])
            }
        }
        return table.render(width: terminalWidth())
    }

    private static func progress(_ done: Int, of total: Int, _ began: Date, _ file: URL) {
        var line = "\u{1b}[2K\r\(done)/\(total)"
        if done > 0 {
            let left = Date().timeIntervalSince(began) / Double(done) * Double(total - done)
            line += ", \(StatusCommand.duration(left)) left"
        }
        FileHandle.standardError.write(Data((line + "  " + printable(file.lastPathComponent)).utf8))
    }
}
