// swift-tools-version: 6.2
import PackageDescription

/// Language rules for every Swift target.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// Pixel and tensor code is 50 to 100 times slower without the optimiser, so it is optimised in debug builds too.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
let numericC: [CSetting] = [.unsafeFlags(["-O3"])]

let package = Package(
    name: "fringewatch",
    products: [
        .executable(name: "fringewatch", targets: ["fringewatch"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        // Values
        .target(name: "Domain", swiftSettings: strict),

        // C libraries: a module map and typed wrappers, each imported by exactly one Swift target
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CSVM", providers: [.apt(["libsvm-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CTIFF", cSettings: numericC, linkerSettings: [.linkedLibrary("tiff")]),

        // Kernels of our own in C
        .target(name: "CNNKernels", cSettings: numericC),
        .target(name: "CPixels", cSettings: numericC),
        .target(name: "CProcessors"),

        // Infrastructure
        .target(name: "Checksums", dependencies: ["CCrypto"], swiftSettings: strict),
        .target(name: "Teamwork", dependencies: ["CProcessors"], swiftSettings: numeric),
        .target(name: "Transport", dependencies: ["CCurl", "Domain"], swiftSettings: strict),
        .target(name: "Service", dependencies: ["CSystemd"], swiftSettings: strict),

        // Stages
        .target(name: "Volcanoes", dependencies: ["Domain"], exclude: ["Data"], swiftSettings: strict),
        .target(name: "Catalogue", dependencies: ["Domain", "Transport", "Checksums"], swiftSettings: strict),
        .target(name: "Raster", dependencies: ["CPixels", "CTIFF", "Domain", "Teamwork"], swiftSettings: numeric),
        .target(name: "CWinograd", cSettings: numericC),
        .target(name: "NeuralNetwork", dependencies: ["CNNKernels", "CWinograd", "COpenBLAS", "Teamwork"], swiftSettings: numeric),
        .target(
            name: "Detection", dependencies: ["CPixels", "Domain", "Raster", "NeuralNetwork", "Checksums", "Teamwork"], exclude: ["Models"],
            swiftSettings: numeric),
        .target(name: "Evidence", dependencies: ["Domain", "Raster"], swiftSettings: numeric),
        .target(name: "Evaluation", dependencies: ["CSVM"], swiftSettings: numeric),
        .target(name: "Synthesis", dependencies: ["CZlib", "Domain", "Raster"], swiftSettings: numeric),
        .target(name: "Alerting", dependencies: ["Domain"], swiftSettings: strict),
        .target(
            name: "Ledger", dependencies: ["Domain", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .target(name: "ModelStore", dependencies: ["Detection", "Domain"], swiftSettings: strict),
        .target(name: "MapPicture", dependencies: ["CCairo", "Domain", "Raster"], swiftSettings: numeric),
        .target(
            name: "Training",
            dependencies: [
                "Checksums", "Detection", "Domain", "Evaluation", "MapPicture", "NeuralNetwork", "Raster", "Synthesis", "Yams",
            ], swiftSettings: numeric),
        .target(
            name: "Retraining",
            dependencies: ["Checksums", "Detection", "Domain", "Evaluation", "NeuralNetwork", "Raster", "Synthesis", "Training"],
            swiftSettings: numeric),
        .target(
            name: "Messages",
            dependencies: ["Domain", "Checksums", .product(name: "Mustache", package: "swift-mustache")],
            swiftSettings: strict),
        .target(name: "Courier", dependencies: ["Domain", "Transport"], swiftSettings: strict),
        .target(
            name: "Configuration", dependencies: ["Domain", "Volcanoes", "Yams"], swiftSettings: strict),

        // Assembly
        .target(
            name: "Console", dependencies: ["Domain", .product(name: "FlyingFox", package: "FlyingFox")],
            swiftSettings: strict),
        .target(
            name: "EmbeddedCatalogue",
            dependencies: ["Domain", "Checksums", .product(name: "FlyingFox", package: "FlyingFox")],
            swiftSettings: strict),
        .target(
            name: "Daemon",
            dependencies: [
                "Alerting", "Catalogue", "Checksums", "Configuration", "Console", "Courier", "Detection", "Domain", "Evidence", "Ledger",
                "MapPicture", "Messages", "ModelStore", "Raster", "Service", "Transport", "Volcanoes",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "fringewatch",
            dependencies: [
                "Configuration", "Console", "Daemon", "Detection", "Domain", "EmbeddedCatalogue", "Evaluation", "MapPicture", "ModelStore",
                "Raster", "Retraining", "Synthesis", "Training", "Transport", "Volcanoes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // The Swift side of benchmarks/network.py and benchmarks/pipeline.py
        .executableTarget(
            name: "Benchmark", dependencies: ["CNNKernels", "Detection", "Domain", "NeuralNetwork", "Raster", "Synthesis"],
            swiftSettings: numeric),

        // Tests
        .target(
            name: "LoopbackServers", path: "Tests/LoopbackServers", exclude: ["Servers"], swiftSettings: strict),
        .testTarget(name: "DomainTests", dependencies: ["Domain"], swiftSettings: strict),
        .testTarget(name: "ChecksumsTests", dependencies: ["Checksums"], swiftSettings: strict),
        .testTarget(name: "TeamworkTests", dependencies: ["Teamwork"], swiftSettings: numeric),
        .testTarget(name: "TransportTests", dependencies: ["Domain", "Transport", "LoopbackServers"], swiftSettings: strict),
        .testTarget(name: "ServiceTests", dependencies: ["Service"], swiftSettings: strict),
        .testTarget(name: "VolcanoesTests", dependencies: ["Domain", "Volcanoes"], swiftSettings: strict),
        .testTarget(
            name: "CatalogueTests", dependencies: ["Catalogue", "Checksums", "Domain", "EmbeddedCatalogue", "Transport"],
            swiftSettings: strict),
        .testTarget(name: "RasterTests", dependencies: ["Domain", "Raster"], exclude: ["Fixtures"], swiftSettings: numeric),
        .testTarget(
            name: "NeuralNetworkTests", dependencies: ["NeuralNetwork"], exclude: ["Fixtures"], swiftSettings: numeric),
        .testTarget(
            name: "DetectionTests", dependencies: ["Checksums", "Detection", "Domain", "NeuralNetwork", "Raster"], exclude: ["Fixtures"],
            swiftSettings: numeric),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation"], exclude: ["Fixtures"], swiftSettings: numeric),
        .testTarget(name: "EvidenceTests", dependencies: ["Domain", "Evidence", "Raster"], swiftSettings: numeric),
        .testTarget(name: "SynthesisTests", dependencies: ["Domain", "Raster", "Synthesis"], swiftSettings: numeric),
        .testTarget(name: "AlertingTests", dependencies: ["Alerting", "Domain"], swiftSettings: strict),
        .testTarget(name: "LedgerTests", dependencies: ["Domain", "Ledger"], swiftSettings: strict),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Detection", "Evaluation", "MapPicture", "NeuralNetwork", "Raster", "Synthesis", "Training"], swiftSettings: numeric),
        .testTarget(
            name: "ModelStoreTests", dependencies: ["Checksums", "Detection", "Domain", "ModelStore", "NeuralNetwork"], swiftSettings: strict),
        .testTarget(
            name: "RetrainingTests",
            dependencies: [
                "Checksums", "Detection", "Domain", "MapPicture", "NeuralNetwork", "Raster", "Retraining", "Synthesis", "Training",
            ],
            swiftSettings: numeric),
        .testTarget(name: "MapPictureTests", dependencies: ["Domain", "MapPicture", "Raster"], swiftSettings: numeric),
        .testTarget(
            name: "MessagesTests", dependencies: ["Domain", "Messages"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(name: "CourierTests", dependencies: ["Courier", "Domain", "LoopbackServers", "Transport"], swiftSettings: strict),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration", "Domain", "Volcanoes"], swiftSettings: strict),
        .testTarget(name: "ConsoleTests", dependencies: ["Console", "Domain", "Transport"], swiftSettings: strict),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Catalogue", "Configuration", "Console", "Courier", "Daemon", "Detection", "Domain", "EmbeddedCatalogue", "Ledger",
                "ModelStore", "Raster", "Service", "Synthesis", "Transport", "Volcanoes",
            ], swiftSettings: strict),
        .testTarget(name: "CommandLineTests", dependencies: ["fringewatch"], swiftSettings: strict),
        .testTarget(
            name: "AcceptanceTests",
            dependencies: ["fringewatch", "Console", "Domain", "EmbeddedCatalogue", "LoopbackServers", "Raster", "Synthesis", "Transport"],
            exclude: ["Servers"], swiftSettings: strict),
    ]
)
