using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class PathReadingTests
{
    private static readonly string[] Pieces =
    [
        "/", "/", ".", "..", "a", "B", ";", ";x=1", "%2f", "%2F", "%5C", "%2e", "%2E", "%61", "%20", "%C3%A9", "%0a", "%3F", "%3B", "*",
    ];

    [Theory]
    [InlineData("/a/../b", PathFeatures.Dots, "/b")]
    [InlineData("/a/./b/.", PathFeatures.Dots, "/a/b/")]
    [InlineData("/a/b/..", PathFeatures.Dots, "/a/")]
    [InlineData("/../a", PathFeatures.Dots, "/a")]
    [InlineData("/a//../b", PathFeatures.Dots, "/a/b")]
    [InlineData("/a//../b", PathFeatures.Dots | PathFeatures.EmptySegments, "/b")]
    [InlineData("/a//b///", PathFeatures.EmptySegments, "/a/b/")]
    [InlineData("/a%2Fb%5cc", PathFeatures.EncodedSlashes, "/a/b/c")]
    [InlineData("/a%2fb%5cc", PathFeatures.None, "/a%2Fb%5Cc")]
    [InlineData("/a;b=c/d;e", PathFeatures.Parameters, "/a/d")]
    [InlineData("/a;b%2Fc/d", PathFeatures.Parameters | PathFeatures.EncodedSlashes, "/a/d")]
    [InlineData("/a;b%2Fc/d", PathFeatures.Parameters | PathFeatures.EncodedSlashes | PathFeatures.DecodedFirst, "/a/c/d")]
    [InlineData("/a;b%2Fc/d", PathFeatures.Parameters | PathFeatures.DecodedFirst, "/a/d")]
    [InlineData("/a%3Bb/c%3bd", PathFeatures.Parameters | PathFeatures.DecodedFirst, "/a/c")]
    [InlineData("/a%3Bb/c%3bd", PathFeatures.Parameters, "/a;b/c;d")]
    [InlineData("/x/..;a/%61%20", PathFeatures.Readings, "/a ")]
    [InlineData("/a/../b;c//%2f", PathFeatures.None, "/a/../b;c//%2F")]
    public void A_path_is_written_as_one_kind_of_origin_reads_it(string path, object reading, string written) =>
        Assert.Equal(written, Write(path, (PathFeatures)reading));

    [Fact]
    public void A_path_in_its_normal_form_reads_alike_in_every_way()
    {
        var normal = 0;
        foreach (var path in Paths())
        {
            if (!PathReading.IsNormal(Encoding.ASCII.GetBytes(path)) || path.Contains(';', StringComparison.Ordinal))
                continue;
            normal++;
            for (var reading = PathFeatures.None; reading <= PathFeatures.Readings; reading++)
                Assert.Equal(Write(path, PathFeatures.None), Write(path, reading));
        }

        Assert.True(normal > 100);
    }

    [Fact]
    public void Features_that_a_path_lacks_change_no_reading()
    {
        foreach (var path in Paths())
        {
            var features = PathReading.Examine(Encoding.ASCII.GetBytes(path)) & PathFeatures.Readings;
            for (var reading = PathFeatures.None; reading <= PathFeatures.Readings; reading++)
                Assert.Equal((path, Write(path, reading & features)), (path, Write(path, reading)));
        }
    }

    private static IEnumerable<string> Paths()
    {
        var random = new Random(14);
        for (var i = 0; i < 5000; i++)
            yield return "/" + string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)]));
    }

    private static string Write(string path, PathFeatures reading)
    {
        var buffer = new byte[path.Length];
        return Encoding.Latin1.GetString(buffer, 0, PathReading.Write(Encoding.ASCII.GetBytes(path), reading, buffer));
    }
}
