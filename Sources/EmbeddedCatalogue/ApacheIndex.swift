import Domain
import Foundation

/// One entry of a folder as its index shows it.
struct FolderEntry {
    let name: String
    let isFolder: Bool
    let size: Int
    let modified: Date

    /// Entries without hidden ones, by name; nil if this is no folder.
    static func entries(of folder: URL) -> [FolderEntry]? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return nil }
        return names.filter { !$0.hasPrefix(".") }.sorted().compactMap { FolderEntry(folder.appending(path: $0)) }
    }

    /// Nil if there is no such file.
    init?(_ file: URL) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path) else { return nil }
        name = file.lastPathComponent
        isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
        size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        modified = attributes[.modificationDate] as? Date ?? .distantPast
    }
}

/// Writes a folder's index in the shape of Apache's mod_autoindex with FancyIndexing and HTMLTable, which JASMIN uses.
enum ApacheIndex {
    static func page(path: String, entries: [FolderEntry]) -> String {
        let parent = path.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/"
        let rule = "   <tr><th colspan=\"5\"><hr></th></tr>"
        let rows = entries.map { entry in
            let name = entry.isFolder ? entry.name + "/" : entry.name
            let (icon, mark) = entry.isFolder ? ("folder", "[DIR]") : ("unknown", "[   ]")
            return row(
                icon, mark, link: name, text: name, time: minute(entry.modified),
                size: entry.isFolder ? "  - " : short(entry.size))
        }
        let lines =
            [
                "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">", "<html>", " <head>",
                "  <title>Index of \(path)</title>",
                " </head>", " <body>", "<h1>Index of \(path)</h1>", "  <table>",
                "   <tr><th valign=\"top\"><img src=\"/icons/blank.gif\" alt=\"[ICO]\"></th><th><a href=\"?C=N;O=D\">Name</a></th>"
                    + "<th><a href=\"?C=M;O=A\">Last modified</a></th><th><a href=\"?C=S;O=A\">Size</a></th>"
                    + "<th><a href=\"?C=D;O=A\">Description</a></th></tr>", rule,
                row("back", "[PARENTDIR]", link: parent, text: "Parent Directory", time: "&nbsp;", size: "  - "),
            ] + rows + [rule, "</table>", "</body></html>", ""]
        return lines.joined(separator: "\n")
    }

    private static func row(_ icon: String, _ mark: String, link: String, text: String, time: String, size: String) -> String {
        "<tr><td valign=\"top\"><img src=\"/icons/\(icon).gif\" alt=\"\(mark)\"></td><td><a href=\"\(link)\">\(text)</a></td>"
            + "<td align=\"right\">\(time)  </td><td align=\"right\">\(size)</td><td>&nbsp;</td></tr>"
    }

    /// Apache's rounded sizes: `512 `, `770K`, `3.8M`.
    private static func short(_ size: Int) -> String {
        if size < 1000 { return "\(size) " }
        var (value, unit) = (Double(size) / 1024, "K")
        if value >= 999.5 { (value, unit) = (value / 1024, "M") }
        let tenths = (value * 10).rounded() / 10
        return value < 9.95 ? "\(tenths)\(unit)" : "\(Int(value.rounded()))\(unit)"
    }

    /// `2024-03-12 10:24`, UTC.
    private static func minute(_ time: Date) -> String { String(UTC.text(time).prefix(16)).replacing("T", with: " ") }
}

enum UTC {
    /// `2024-03-12T10:24:30`
    static func text(_ time: Date) -> String {
        let (day, second) = parts(time)
        return "\(AcquisitionDate(dayNumber: day).iso8601)T\(clock(second))"
    }

    /// As HTTP's headers write it: `Tue, 12 Mar 2024 10:24:30 GMT`.
    static func http(_ time: Date) -> String {
        let (day, second) = parts(time)
        let date = AcquisitionDate(dayNumber: day)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][day % 7]
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][date.month - 1]
        return "\(weekday), \(twoDigits(date.day)) \(month) \(date.year) \(clock(second)) GMT"
    }

    private static func parts(_ time: Date) -> (day: Int, second: Int) {
        let seconds = max(0, Int(time.timeIntervalSince1970.rounded(.down)))
        return (seconds / 86_400, seconds % 86_400)
    }

    private static func clock(_ second: Int) -> String {
        [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
