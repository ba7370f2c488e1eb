namespace TlsProxy.Bench.Load;

internal static class WorkNames
{
    /// <summary>As cells are named, before the object; <c>--only</c> is compared with it.</summary>
    public static string Prefix(this Work work) => work switch
    {
        Work.Miss => "miss, ",
        Work.NewConnection => "new connections, ",
        Work.Upload => "upload, ",
        Work.Arrival => "arriving, ",
        _ => string.Empty,
    };

    /// <summary>The folder below which the origin has what is asked for.</summary>
    public static string Folder(this Work work) => work switch
    {
        Work.Miss => "fresh",
        Work.Upload => "upload",
        Work.Arrival => "arriving",
        _ => "object",
    };
}
