/// Pages in the shapes that real servers give them.
enum Listings {
    /// Apache, FancyIndexing and HTMLTable; pairs as files (since October 2025) and as folders.
    static let apacheTable = """
        <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
        <html>
         <head>
          <title>Index of /public/nceo_geohazards/LiCSAR_products/106/106A_09048_000909/interferograms</title>
         </head>
         <body>
        <h1>Index of /public/nceo_geohazards/LiCSAR_products/106/106A_09048_000909/interferograms</h1>
          <table>
           <tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th><th><a href="?C=S;O=A">Size</a></th><th><a href="?C=D;O=A">Description</a></th></tr>
           <tr><th colspan="5"><hr></th></tr>
        <tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/public/nceo_geohazards/LiCSAR_products/106/106A_09048_000909/">Parent Directory</a></td><td>&nbsp;</td><td align="right">  - </td><td>&nbsp;</td></tr>
        <tr><td valign="top"><img src="/icons/unknown.gif" alt="[   ]"></td><td><a href="20240106_20240118">20240106_20240118</a></td><td align="right">2024-03-12 10:24  </td><td align="right">1.6K</td><td>&nbsp;</td></tr>
        <tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="20240118_20240130/">20240118_20240130/</a></td><td align="right">2024-02-03 04:05  </td><td align="right">  - </td><td>&nbsp;</td></tr>
        <tr><td valign="top"><img src="/icons/unknown.gif" alt="[   ]"></td><td><a href="README.html">README.html</a></td><td align="right">2020-01-01 00:00  </td><td align="right">512 </td><td>&nbsp;</td></tr>
           <tr><th colspan="5"><hr></th></tr>
        </table>
        </body></html>
        """

    /// Apache, FancyIndexing without a table: long names are cut in the text, not in the link.
    static let apachePreformatted = """
        <html><head><title>Index of /x</title></head><body><h1>Index of /x</h1>
        <pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>                    <a href="?C=M;O=A">Last modified</a>      <a href="?C=S;O=A">Size</a>  <a href="?C=D;O=A">Description</a><hr><img src="/icons/back.gif" alt="[PARENTDIR]"> <a href="/x/">Parent Directory</a>                             -
        <img src="/icons/folder.gif" alt="[DIR]"> <a href="20240106_20240118/">20240106_2024..&gt;</a> 2024-03-12 10:24    -
        <img src="/icons/folder.gif" alt="[DIR]"> <a href="20240118_20240130/">20240118_2024..&gt;</a> 2024-02-03 04:05    -
        <hr></pre>
        </body></html>
        """

    /// Apache without FancyIndexing: names only.
    static let apacheList = """
        <html><head><title>Index of /x</title></head><body><h1>Index of /x</h1>
        <ul><li><a href="/x/"> Parent Directory</a></li>
        <li><a href="20240106_20240118/"> 20240106_20240118/</a></li>
        <li><a href="20240118_20240130/"> 20240118_20240130/</a></li>
        </ul></body></html>
        """

    static let nginx =
        "<html>\r\n<head><title>Index of /x/</title></head>\r\n<body>\r\n<h1>Index of /x/</h1><hr><pre><a href=\"../\">../</a>\r\n"
        + "<a href=\"20240106_20240118/\">20240106_20240118/</a>                                 12-Mar-2024 10:24                   -\r\n"
        + "<a href=\"20240118_20240130\">20240118_20240130</a>                                  03-Feb-2024 04:05                1632\r\n"
        + "</pre><hr></body>\r\n</html>\r\n"

    static let names = [
        "apache table": apacheTable, "apache preformatted": apachePreformatted, "apache list": apacheList, "nginx": nginx,
    ]

    /// A real manifest's shape: single quotes, no html element, both homes mixed.
    static let manifest = """
        <a href='https://gws-access.jasmin.ac.uk/public/nceo_geohazards/LiCSAR_products.public/106/106A_09048_000909/interferograms/20240106_20240118/20240106_20240118.geo.cc.png'>20240106_20240118.geo.cc.png</a><br />
        <a href='https://data.ceda.ac.uk/neodc/comet/data/licsar_products/106/106A_09048_000909/20240106_20240118/20240106_20240118.geo.cc.tif'>20240106_20240118.geo.cc.tif</a><br />
        <a href='https://gws-access.jasmin.ac.uk/public/nceo_geohazards/LiCSAR_products.public/106/106A_09048_000909/interferograms/20240106_20240118/20240106_20240118.geo.diff_pha.tif'>20240106_20240118.geo.diff_pha.tif</a><br />
        <a href='https://data.ceda.ac.uk/neodc/comet/data/licsar_products/106/106A_09048_000909/20240106_20240118/20240106_20240118.geo.unw.tif'>20240106_20240118.geo.unw.tif</a><br />
        """

    static let cedaFrame = """
        {"path": "/neodc/comet/data/licsar_products/106/106A_09048_000909", "items": [
        {"path": "/neodc/comet/data/licsar_products/106/106A_09048_000909/20240106_20240118", "type": "dir", "name": "20240106_20240118", "ext": "", "location": "on_disk", "size": 0, "last_modified": "2024-03-12T10:24:30"},
        {"path": "/neodc/comet/data/licsar_products/106/106A_09048_000909/20240118_20240130", "type": "dir", "name": "20240118_20240130", "ext": "", "location": "on_tape", "size": 0, "last_modified": "2024-02-03T04:05:06"},
        {"path": "/neodc/comet/data/licsar_products/106/106A_09048_000909/metadata", "type": "dir", "name": "metadata", "ext": "", "location": "on_disk", "size": 0, "last_modified": "2022-03-10T11:49:21"}]}
        """
}
