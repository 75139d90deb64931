import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * For bin/yarn-check: a resource manager and two node managers of Hadoop's in this process. Containers are processes of their own, and
 * one that takes more memory than it asked for is ended. Writes into the directory that it is given what Spark needs to find it.
 */
public final class YarnCluster {
  private static final int NODES = 2;
  private static final int NODE_MEBIBYTES = 6144;

  public static void main(String[] args) throws Exception {
    YarnConfiguration conf = new YarnConfiguration();
    conf.set("fs.defaultFS", "file:///");
    conf.set("yarn.scheduler.capacity.root.queues", "default");
    conf.set("yarn.scheduler.capacity.root.default.capacity", "100");
    conf.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
    conf.setInt("yarn.scheduler.minimum-allocation-mb", 256);
    conf.setInt(YarnConfiguration.RM_AM_MAX_ATTEMPTS, 4);
    conf.setInt(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, NODE_MEBIBYTES);
    conf.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, true);
    conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    conf.setInt(YarnConfiguration.NM_CONTAINER_MON_INTERVAL_MS, 500);
    conf.set("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99");
    MiniYARNCluster cluster = new MiniYARNCluster("patchgrid", NODES, 1, 1);
    cluster.init(conf);
    cluster.start();
    Path directory = Files.createDirectories(Path.of(args[0]));
    for (String name : new String[] {"core-site.xml", "yarn-site.xml"}) {
      try (OutputStream out = Files.newOutputStream(directory.resolve(name))) {
        cluster.getConfig().writeXml(out);
      }
    }
    System.out.println("YARN is up");
    Thread.currentThread().join();
  }
}
