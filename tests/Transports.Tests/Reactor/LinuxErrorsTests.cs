using System.Net;

namespace Transports.Tests.Reactor;

public class LinuxErrorsTests
{
    [Theory]
    [InlineData(104, CloseReason.RemoteReset)]
    [InlineData(32, CloseReason.RemoteReset)]
    [InlineData(107, CloseReason.Aborted)]
    [InlineData(113, CloseReason.Unreachable)]
    [InlineData(12, CloseReason.TransportFailed)]
    public void OnTransfer_OfAnErrorNumber_NamesTheReason(int error, CloseReason expected) =>
        Assert.Equal(expected, LinuxErrors.OnTransfer(error).Reason);

    /// <summary>Being out of descriptors ends nothing: the accept loop backs off and goes on.</summary>
    [Theory]
    [InlineData(24, false, false)]
    [InlineData(23, false, false)]
    [InlineData(105, false, false)]
    [InlineData(103, true, false)]
    [InlineData(71, true, false)]
    [InlineData(9, false, true)]
    [InlineData(22, false, true)]
    public void Accept_ErrorNumbers_AreClassified(int error, bool isPeerGone, bool ends)
    {
        Assert.Equal(isPeerGone, LinuxErrors.IsPeerGone(error));
        Assert.Equal(ends, LinuxErrors.EndsAccepting(error));
    }

    [Theory]
    [InlineData(111, "Nobody listens on 127.0.0.1:1.")]
    [InlineData(2, "Nobody listens on 127.0.0.1:1.")]
    [InlineData(110, "127.0.0.1:1 did not answer in time.")]
    public void OnConnect_OfAnErrorNumber_SaysWhatItMeans(int error, string expected) =>
        Assert.Equal(expected, LinuxErrors.OnConnect(error, new IPEndPoint(IPAddress.Loopback, 1)).Message);
}
