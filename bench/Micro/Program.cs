using System.Globalization;
using TlsProxy.Bench.Micro;
using TlsProxy.Bench.Micro.Engines;
using TlsProxy.Handshake.Keys;

if (args is ["--engines", ..])
{
    if (EngineTable.TryPrint(args.ElementAtOrDefault(1)))
        return 0;
    var kinds = string.Join("\n  ", HandshakeKind.All.Select(kind => kind.Name));
    Console.Error.WriteLine($"There is no handshake whose name contains \"{args[1]}\". There are:\n  {kinds}");
    return 2;
}

Benchmark[] all =
[
    .. from suite in RecordKeys.Suites from size in RecordKeys.Sizes select new RecordSealing(suite, size),
    .. from suite in RecordKeys.Suites from size in RecordKeys.Sizes select new RecordOpening(suite, size),
    new KeyTaking(CipherSuite.Aes128GcmSha256),
    new KeyTaking(CipherSuite.Aes256GcmSha384),
    new HeadParsing("curl", Requests.Curl("/object/sample")),
    new HeadParsing("a browser", Requests.Browser("/catalogue/pictures/large/0123456789.webp?width=1200")),
    new CacheLookup(1),
    new CacheLookup(1_000_000),
    new HeadWriting(isNotModified: false),
    new HeadWriting(isNotModified: true),
    new BufferRenting(1_500, fromStock: false),
    new BufferRenting(1_500, fromStock: true),
    new BufferRenting(66_000, fromStock: false),
    new BufferRenting(66_000, fromStock: true),
    .. from size in RecordKeys.Sizes from joined in Enumerable.Range(0, 2) select new SocketSending(size, joined == 1),
    new HitServing(1024, tls: false),
    new HitServing(100 * 1024, tls: false),
    new HitServing(1_345_292, tls: false),
    new HitServing(1024, tls: true),
    new HitServing(100 * 1024, tls: true),
    new HitServing(1_345_292, tls: true),
];
var wanted = args.Length == 0 ? all : Array.FindAll(all, benchmark => benchmark.Name.Contains(args[0], StringComparison.OrdinalIgnoreCase));
if (wanted.Length == 0)
{
    var names = string.Join("\n  ", all.Select(one => one.Name));
    Console.Error.WriteLine($"There is no benchmark whose name contains \"{args[0]}\". There are:\n  {names}");
    return 2;
}

Console.WriteLine($"| {"operation",-48} | {"ns",9} | {"fastest",9} | {"MB/s",8} | {"alloc B",7} |");
Console.WriteLine("| --- | --- | --- | --- | --- |");
foreach (var (benchmark, figures) in Rounds.Run(wanted))
{
    var rate = benchmark.Bytes == 0
        ? string.Empty
        : (benchmark.Bytes * 1000.0 / figures.Nanoseconds).ToString("F0", CultureInfo.InvariantCulture);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {benchmark.Name,-48} | {figures.Nanoseconds,9:F1} | {figures.Fastest,9:F1} | {rate,8} | {figures.AllocatedBytes,7:F1} |"));
}

return 0;
